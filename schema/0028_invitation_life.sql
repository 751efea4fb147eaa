-- A link ends when its user is invited no more, whoever changes that and to whatever: the database itself cuts it off, as it does a
-- tenure (0020_tenure.sql), and who is set off and back on by hand needs another link. live_id is the user until
-- then; open_for is what says that there is one link at most.
ALTER TABLE invitation
  ADD COLUMN live_id BIGINT NULL,
  ADD COLUMN live_status VARCHAR(12) NULL,
  ADD KEY invitation_cut (live_id, live_status);

UPDATE invitation
   SET live_id = user_id, live_status = 'invited'
 WHERE open_for IS NOT NULL
   AND user_id IN (SELECT u.id FROM user u WHERE u.status = 'invited');

ALTER TABLE invitation
  ADD CONSTRAINT invitation_cut_off FOREIGN KEY (live_id, live_status) REFERENCES user (id, status)
    ON UPDATE SET NULL ON DELETE SET NULL;
