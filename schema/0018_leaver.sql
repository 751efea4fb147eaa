-- What a leaver knows is looked for among the secrets that work, and its end where an organization has chosen one.

ALTER TABLE secret
  DROP KEY secret_leaver,
  ADD KEY secret_known (status, leaver_at);

ALTER TABLE organization
  ADD KEY organization_leaver (leaver_days);
