//! The tests of events, uploads, downloads and open pages once more, with several servers behind a proxy that knows of no visitor:
//! each request goes to the next server. What the tests are stands where they stand; they say nothing of servers.
//!
//! Left out is what would mean something else here: that a state is gone with its server, that an answer is a patch which waits for
//! another, or how many questions a page asks (any server that has not shown it yet answers with the whole), an example whose sessions or
//! whose slow line are in one process (`sign-in`, `unplugged`), and an app that takes the place of a server at its address. So is a download
//! that breaks (`download_trouble`): now and then HAProxy answers it with 502 in place of its beginning, and a browser shows that and does not
//! ask again.

/// Runs tests of other modules behind a proxy, each as a test of its own.
macro_rules! again {
    ($name:ident: $proxy:ident with $servers:literal servers and $redis:ident, $($module:ident::$test:ident,)+) => {
        mod $name {
            use filekit_tests::{Proxy, RedisProgram, behind_proxy};

            $(#[test]
            fn $test() {
                behind_proxy(Proxy::$proxy, $servers, RedisProgram::$redis, super::super::$module::$test);
            })+
        }
    };
}

again! {
    nginx: Nginx with 2 servers and Redis,
    upload::uploaded_files_appear_as_links_without_a_reload,
    upload::somebody_else_sees_nothing_of_it,
    rooms::two_people_share_a_room,
    live::windows_of_a_visitor_agree,
    live::a_task_of_the_program_reaches_an_open_page,
    heal::an_event_whose_answer_was_lost_happens_once,
    heal::the_steps_of_an_event_are_seen_while_it_runs,
    survive::it_goes_on_after_connections_that_are_cut_at_random_places,
    survive::an_answer_that_was_lost_is_asked_for_and_the_event_runs_once,
    survive::a_server_that_is_killed_and_started_again_goes_on,
    survive::a_computer_that_has_slept_goes_on,
    progress::an_upload_is_stopped_from_the_page,
    failure::a_lost_server_is_told_and_waited_for,
    download::download_random_numbers_saves_ten_of_them,
    plain::a_form_sends_its_fields_and_its_file,
    upload::a_double_click_sends_the_selection_once,
    rooms::one_person_has_one_desk_on_two_devices,
    live::a_page_waits_for_a_server_that_is_away,
    heal::half_an_answer_is_made_up_for_by_one_question,
    heal::an_upload_whose_answer_was_lost_happens_once,
    heal::a_visitor_whose_session_has_ended_gets_another,
    heal::a_page_that_somebody_else_has_changed_is_asked_for_once,
    heal::an_event_that_is_cut_off_before_it_answers_is_not_begun_again,
    stale::a_server_that_was_away_is_used_again_when_it_is_back,
    stale::whoever_has_to_sign_in_again_is_led_there,
    stale::another_tab_catches_up_by_its_next_event,
    survive::a_proxy_that_cuts_every_connection_after_some_bytes_costs_little,
    survive::it_waits_while_the_browser_is_offline_and_goes_on_by_itself,
    survive::after_a_reload_the_file_is_chosen_again_and_only_the_rest_is_sent,
    survive::what_is_unfinished_is_forgotten_on_both_sides,
    survive::an_answer_that_was_lost_leads_to_a_long_page_as_well,
    progress::one_file_is_taken_out_of_an_upload_and_the_others_arrive,
    failure::a_refusal_in_the_middle_of_a_large_file_is_told_in_its_own_words,
    failure::a_refusal_in_the_middle_of_a_stream_is_told_in_its_own_words,
    download::each_source_is_saved_with_its_name_and_its_bytes,
    download::what_changes_the_page_is_saved_and_seen,
    plain::files_are_uploaded_by_a_button_outside_of_any_form,
    kept::fields_keep_what_was_put_into_them,
}

again! {
    haproxy: Haproxy with 3 servers and Valkey,
    upload::uploaded_files_appear_as_links_without_a_reload,
    upload::somebody_else_sees_nothing_of_it,
    rooms::two_people_share_a_room,
    live::windows_of_a_visitor_agree,
    live::a_task_of_the_program_reaches_an_open_page,
    heal::an_event_whose_answer_was_lost_happens_once,
    heal::the_steps_of_an_event_are_seen_while_it_runs,
    survive::it_goes_on_after_connections_that_are_cut_at_random_places,
    survive::an_answer_that_was_lost_is_asked_for_and_the_event_runs_once,
    survive::a_server_that_is_killed_and_started_again_goes_on,
    survive::a_computer_that_has_slept_goes_on,
    progress::an_upload_is_stopped_from_the_page,
    failure::a_lost_server_is_told_and_waited_for,
    download::download_random_numbers_saves_ten_of_them,
    plain::a_form_sends_its_fields_and_its_file,
    rooms::a_page_of_one_user_does_nothing_for_the_next_one_in_the_same_browser,
    live::a_hidden_window_has_no_connection_and_catches_up_when_it_is_seen,
    heal::an_event_that_is_cut_off_between_two_steps_takes_them_back,
    stale::a_page_that_is_come_back_to_goes_on_from_the_truth,
    stale::a_page_that_is_come_back_to_and_follows_its_state_shows_the_truth,
    survive::a_proxy_that_refuses_large_bodies_gets_small_ones,
    survive::a_cable_that_was_pulled_out_is_noticed_and_told,
    survive::it_fails_after_minutes_and_another_try_goes_on_with_what_is_there,
    survive::a_pause_keeps_what_is_there,
    progress::progress_only_grows_and_the_server_at_work_is_a_state_of_its_own,
    progress::a_click_for_another_selection_waits_its_turn_and_a_double_click_sends_once,
    progress::what_follows_in_a_chain_runs_after_the_upload,
    failure::a_server_that_stays_away_is_told_and_the_selection_stays,
    rules::a_zone_tells_its_event_of_progress_while_the_upload_runs,
    download::stored_files_are_saved_one_by_one_and_as_an_archive,
    download::a_chain_saves_the_downloads_of_its_events_and_its_own,
    download::a_download_that_fails_says_so_in_the_page_and_saves_nothing,
    download_links::many_downloads_at_once_all_arrive,
    download_trouble::a_chain_ends_where_one_of_its_events_fails,
    plain_layouts::without_scripts_it_sends_files_values_and_calls,
    claims::every_part_of_the_page_does_its_work,
}
