//! The main tests of uploads and downloads in a browser once more with the files in S3: those of each module that keep files. What is
//! special about a store is for `tests/it/storage`; in a browser it must not be seen.

again_on_s3! {
    upload: [
        uploaded_files_appear_as_links_without_a_reload,
        names_with_signs_that_are_escaped_on_the_way_are_those_on_the_disk,
        somebody_else_sees_nothing_of_it,
        a_double_click_sends_the_selection_once,
    ],
    download: [
        stored_files_are_saved_one_by_one_and_as_an_archive,
        what_changes_the_page_is_saved_and_seen,
    ],
    progress: [
        progress_only_grows_and_the_server_at_work_is_a_state_of_its_own,
        an_upload_is_stopped_from_the_page,
        one_file_is_taken_out_of_an_upload_and_the_others_arrive,
        a_file_that_failed_is_sent_again_alone,
    ],
    survive: [
        it_goes_on_after_connections_that_are_cut_at_random_places,
        an_answer_that_was_lost_is_asked_for_and_the_event_runs_once,
        a_server_that_is_killed_and_started_again_goes_on,
    ],
}
