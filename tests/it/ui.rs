//! What the compiler says about pages: programs that it refuses, each with its message, and programs that it takes.
//! The messages are those of the compiler in `rust-version`; what the pages do is tested elsewhere.

/// Compiles every case below `ui/`. The file's name is the mistake.
#[test]
fn messages_are_as_recorded() {
    let cases = trybuild::TestCases::new();
    for part in ["state", "event", "view"] {
        cases.pass(format!("ui/{part}/pass/*.rs"));
        cases.compile_fail(format!("ui/{part}/fail/*.rs"));
    }
}
