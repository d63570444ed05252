-- guard: the operators' log is added to and never changed
-- red: insula-testkit: catalogue::the_control_plane_appends_to_its_log_and_changes_nothing_in_it
-- in: control
GRANT UPDATE, DELETE ON control.control_audit TO insula_control;
