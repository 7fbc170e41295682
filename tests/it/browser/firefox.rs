//! The main tests once more, in Firefox. What they are stands where they stand; they say nothing of a browser.

use filekit_tests::in_firefox;

/// Runs tests of other modules in Firefox, each as a test of its own.
macro_rules! again {
    ($($module:ident::$test:ident,)+) => {$(
        #[test]
        fn $test() {
            in_firefox(super::$module::$test);
        }
    )+};
}

again! {
    choose::chosen_files_are_listed_and_more_can_be_added,
    choose::dropped_files_are_listed_too,
    choose::clear_selection_empties_the_list_and_the_same_file_can_be_chosen_again,
    changed::a_file_that_has_changed_or_is_gone_is_marked_and_the_others_are_sent,
    changed::a_file_that_is_gone_and_comes_back_is_sent_by_another_try,
    choose::a_file_of_the_same_name_size_and_time_is_another_one,
    cookies::a_visitor_who_blocks_cookies_is_told_that_one_is_needed,
    overlay::a_message_lies_above_a_modal_dialog_and_can_be_closed_there,
    overlay::a_message_in_a_dialog_outlives_it,
    transfer::what_could_not_be_loaded_is_told_and_loaded_by_the_next_try,
    development::a_rebuilt_program_shows_itself_and_what_was_typed_and_chosen_stays,
    direct::the_server_sees_no_byte_of_what_goes_to_the_bucket,
    direct::it_goes_on_after_connections_to_the_bucket_were_cut,
    drive::files_are_uploaded_renamed_moved_packed_and_removed,
    drive::what_one_person_does_is_on_everybodys_page,
    drive::escape_leaves_a_file_as_it_is_and_return_renames_it,
    upload::uploaded_files_appear_as_links_without_a_reload,
    upload::names_with_signs_that_are_escaped_on_the_way_are_those_on_the_disk,
    rules::files_against_the_rules_are_refused_one_by_one_and_the_rest_is_sent,
    rules::a_page_that_lets_everything_pass_is_told_by_the_server_before_it_sends,
    rules::contents_that_are_not_what_the_name_says_are_refused_by_the_server,
    failure::the_words_of_a_handler_are_shown_and_the_selection_stays,
    failure::a_refusal_in_the_middle_of_a_large_file_is_told_in_its_own_words,
    failure::a_refusal_in_the_middle_of_a_stream_is_told_in_its_own_words,
    failure::a_lost_server_is_told_and_waited_for,
    failure::a_server_that_stays_away_is_told_and_the_selection_stays,
    survive::it_goes_on_after_connections_that_are_cut_at_random_places,
    survive::a_proxy_that_cuts_every_connection_after_some_bytes_costs_little,
    survive::a_proxy_that_refuses_large_bodies_gets_small_ones,
    survive::it_waits_while_the_browser_is_offline_and_goes_on_by_itself,
    survive::a_cable_that_was_pulled_out_is_noticed_and_told,
    survive::it_fails_after_minutes_and_another_try_goes_on_with_what_is_there,
    survive::a_computer_that_has_slept_goes_on,
    survive::a_pause_keeps_what_is_there,
    survive::after_a_reload_the_file_is_chosen_again_and_only_the_rest_is_sent,
    survive::an_answer_that_was_lost_is_asked_for_and_the_event_runs_once,
    survive::an_answer_that_was_lost_leads_to_a_long_page_as_well,
    survive::a_server_that_is_killed_and_started_again_goes_on,
    progress::progress_only_grows_and_the_server_at_work_is_a_state_of_its_own,
    progress::an_upload_is_stopped_from_the_page,
    progress::one_file_is_taken_out_of_an_upload_and_the_others_arrive,
    progress::a_file_that_failed_is_sent_again_alone,
    selection::uploads_of_a_loop_have_selections_and_arguments_of_their_own,
    selection::pictures_are_shown_when_they_are_near_and_given_back,
    keyboard::choosing_uploading_clearing_and_downloading_work_by_keyboard,
    download::download_random_numbers_saves_ten_of_them,
    styles::the_upload_example_looks_and_works_behind_a_strict_policy,
    styles::styles_that_come_with_a_patch_apply_behind_a_strict_policy,
    download_links::a_picture_of_this_site_is_saved_under_its_name_and_the_page_stays,
    download_links::many_downloads_at_once_all_arrive,
    download_links::downloads_that_a_server_takes_long_to_answer_all_arrive,
    download_links::a_link_that_is_disabled_does_nothing_until_it_is_not,
    kept::focus_and_selection_stay_in_a_row_that_changes_or_moves,
    kept::fields_keep_what_was_put_into_them,
    kept::an_upload_goes_on_while_the_page_around_it_changes,
    heal::half_an_answer_is_made_up_for_by_one_question,
    heal::an_event_whose_answer_was_lost_happens_once,
    heal::an_upload_whose_answer_was_lost_happens_once,
    heal::the_steps_of_an_event_are_seen_while_it_runs,
    fleet_faults::behind_nginx_an_event_whose_server_is_killed_is_told_and_happens_at_most_once,
    stale::a_page_from_before_a_deploy_is_loaded_again_once,
    stale::a_server_that_was_away_is_used_again_when_it_is_back,
    plain::a_form_sends_its_fields_and_its_file,
    plain::files_are_uploaded_by_a_button_outside_of_any_form,
    plain::a_refusal_is_read_first_and_the_page_goes_on,
    plain_layouts::without_scripts_it_sends_files_values_and_calls,
    plain_layouts::with_scripts_its_form_is_never_sent,
}
