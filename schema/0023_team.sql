-- The list of an organization's people is walked from the newest on: all of them, or those of one role.

ALTER TABLE user
  ADD KEY user_team (organization_id, id),
  ADD KEY user_team_role (organization_id, role, id);
