-- guard: whoever puts events in marks their days, whether he knows of it or not
-- red: insula-platform: rollups::an_event_that_commits_while_its_day_is_summed_up_is_not_lost::pooled
-- in: shared
DROP TRIGGER rollup_mark_new ON tenant.events;
