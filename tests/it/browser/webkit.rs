//! The main tests once more, in WebKit, the engine of Safari. What they are stands where they stand; they say nothing of a browser.
//!
//! What is not here for a reason of WebKit or its driver:
//!
//! - what takes the browser off the network: there is no command for that
//! - the dark scheme: a browser has it from its start on, or not
//! - what Chromium is asked by DevTools: measures, traces, the tree of accessibility
//! - how far an upload is: hundreds of kilobytes have been sent for WebKit that lie in buffers, so that on a busy machine
//!   nothing of it is seen
//! - an event whose answer was lost: the test is about what a browser sends again by itself, and WebKit does not
//! - lines of one message: they are shown as such, but `innerText` has a space where Chromium and Firefox have the end of a line

use filekit_tests::in_webkit;

/// Runs tests of other modules in WebKit, each as a test of its own.
macro_rules! again {
    ($($module:ident::$test:ident,)+) => {$(
        #[test]
        fn $test() {
            in_webkit(super::$module::$test);
        }
    )+};
}

again! {
    choose::chosen_files_are_listed_and_more_can_be_added,
    choose::dropped_files_are_listed_too,
    choose::clear_selection_empties_the_list_and_the_same_file_can_be_chosen_again,
    development::a_rebuilt_program_shows_itself_and_what_was_typed_and_chosen_stays,
    upload::uploaded_files_appear_as_links_without_a_reload,
    upload::names_with_signs_that_are_escaped_on_the_way_are_those_on_the_disk,
    rules::files_against_the_rules_are_refused_one_by_one_and_the_rest_is_sent,
    rules::a_page_that_lets_everything_pass_is_told_by_the_server_before_it_sends,
    failure::the_words_of_a_handler_are_shown_and_the_selection_stays,
    failure::a_lost_server_is_told_and_waited_for,
    failure::a_refusal_in_the_middle_of_a_large_file_is_told_in_its_own_words,
    progress::an_upload_is_stopped_from_the_page,
    download::download_random_numbers_saves_ten_of_them,
    kept::focus_and_selection_stay_in_a_row_that_changes_or_moves,
    kept::fields_keep_what_was_put_into_them,
    live::windows_of_a_visitor_agree,
    live::a_task_of_the_program_reaches_an_open_page,
    live::a_page_waits_for_a_server_that_is_away,
    heal::half_an_answer_is_made_up_for_by_one_question,
    heal::an_upload_whose_answer_was_lost_happens_once,
    heal::the_steps_of_an_event_are_seen_while_it_runs,
    survive::it_goes_on_after_connections_that_are_cut_at_random_places,
    survive::a_pause_keeps_what_is_there,
    survive::after_a_reload_the_file_is_chosen_again_and_only_the_rest_is_sent,
    survive::an_answer_that_was_lost_is_asked_for_and_the_event_runs_once,
    survive::a_server_that_is_killed_and_started_again_goes_on,
    survive::a_computer_that_has_slept_goes_on,
    overlay::a_message_lies_above_a_modal_dialog_and_can_be_closed_there,
    download_links::many_downloads_at_once_all_arrive,
    download_links::downloads_that_a_server_takes_long_to_answer_all_arrive,
    download_links::two_downloads_arrive_where_a_page_may_have_no_frames,
    download_links::a_picture_of_this_site_is_saved_under_its_name_and_the_page_stays,
    download_links::a_link_that_is_disabled_does_nothing_until_it_is_not,
    plain::a_form_sends_its_fields_and_its_file,
}
