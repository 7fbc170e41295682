//! The tests of conditions, headers and ranges once more with the files in S3.
//!
//! Left out is what sets times of files on the disk, and the digest, which is remembered of files on the disk alone.

again_on_s3! {
    conditions: [
        a_download_that_goes_on_never_mixes_two_versions,
    ],
    headers: [
        a_type_is_judged_and_what_can_run_a_script_is_saved,
        a_head_has_the_headers_of_a_get,
        a_file_is_kept_by_the_caches_of_those_who_may_have_it,
        only_get_and_head_are_answered,
        a_link_is_private_unless_the_developer_says_otherwise,
    ],
    ranges: [
        a_range_has_the_right_bytes_at_every_border,
        what_the_file_does_not_have_is_refused_with_its_size,
        an_empty_file_has_no_ranges,
        what_is_no_range_is_ignored,
        several_ranges_come_in_parts_that_say_what_they_are,
        a_thousand_ranges_cost_no_more_than_the_file,
        a_head_is_that_of_the_whole_file,
    ],
}
