//! Runs named steps, times each and sums up at the end. It knows nothing of what the steps do.

use std::{
    fmt::Display,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

/// The steps of one task. A failed step doesn't stop the task: the reader of the report sees everything at once.
pub(crate) struct Steps {
    workspace: PathBuf,
    started: Instant,
    done: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed(String),
    /// It was left out, for this reason.
    NotRun(String),
}

impl Steps {
    pub(crate) fn new(workspace: PathBuf) -> Self {
        Self { workspace, started: Instant::now(), done: Vec::new() }
    }

    /// The root of the workspace.
    pub(crate) fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// Runs one step and returns whether it succeeded.
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce(&Path) -> Result<(), String>) -> bool {
        say(format_args!("\n==> {name}"));
        let started = Instant::now();
        let result = step(&self.workspace);
        if let Err(why) = &result {
            say(format_args!("{name}: {why}"));
        }
        let succeeded = result.is_ok();
        let outcome = result.map_or_else(Outcome::Failed, |()| Outcome::Passed);
        self.done.push(Step { name, took: started.elapsed(), outcome });
        succeeded
    }

    /// Notes a step that cannot run here, so that the report says so.
    pub(crate) fn leave_out(&mut self, name: &'static str, why: String) {
        say(format_args!("\n==> {name}: not run: {why}"));
        self.done.push(Step { name, took: Duration::ZERO, outcome: Outcome::NotRun(why) });
    }

    /// Runs steps beside others: while one side waits for the network or for a single processor, the other one goes on. What
    /// they print comes mixed; the report has the steps of `first` first.
    pub(crate) fn beside(&mut self, first: impl FnOnce(&mut Self), second: impl FnOnce(&mut Self) + Send) {
        let mut others = Self::new(self.workspace.clone());
        std::thread::scope(|scope| {
            scope.spawn(|| second(&mut others));
            first(self);
        });
        self.done.append(&mut others.done);
    }

    /// Runs one program in the workspace as a step of its own.
    pub(crate) fn program(&mut self, name: &'static str, program: &mut Command) -> bool {
        self.run(name, |workspace| run(program.current_dir(workspace)))
    }

    /// Says how every step went; the exit code is a failure if one of them failed.
    pub(crate) fn finish(self) -> ExitCode {
        say("\nstep                          time  result");
        for Step { name, took, outcome } in &self.done {
            let first_line = |why: &String| why.lines().next().unwrap_or("for no reason").to_owned();
            let result = match outcome {
                Outcome::Passed => "ok".to_owned(),
                Outcome::Failed(why) => first_line(why),
                Outcome::NotRun(why) => format!("NOT RUN: {}", first_line(why)),
            };
            say(format_args!("{name:<26} {:>6.1} s  {result}", took.as_secs_f32()));
        }
        let total = self.started.elapsed().as_secs_f32();
        let count = |is: fn(&Outcome) -> bool| self.done.iter().filter(|step| is(&step.outcome)).count();
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let left_out = count(|outcome| matches!(outcome, Outcome::NotRun(_)));
        if failed == 0 && left_out == 0 {
            say(format_args!("everything passed in {total:.1} s"));
            ExitCode::SUCCESS
        } else if failed == 0 {
            say(format_args!(
                "everything that ran passed in {total:.1} s, but {left_out} of {} steps did not run",
                self.done.len()
            ));
            ExitCode::SUCCESS
        } else {
            say(format_args!("{failed} of {} steps failed in {total:.1} s", self.done.len()));
            ExitCode::FAILURE
        }
    }
}

/// Runs a program to its end with our output and without input.
pub(crate) fn run(program: &mut Command) -> Result<(), String> {
    let line = command_line(program);
    say(format_args!("$ {line}"));
    match program.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed ({status}): {line}")),
        Err(error) => Err(format!("cannot start `{line}`: {error}")),
    }
}

/// Prints a line to the standard output, where the output of the steps goes too.
pub(crate) fn say(line: impl Display) {
    // A closed pipe (`| head`) is no reason to fail.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// What one would type, with the program by its name alone.
fn command_line(program: &Command) -> String {
    let path = Path::new(program.get_program());
    let name = path.file_name().unwrap_or(path.as_os_str());
    let words = std::iter::once(name).chain(program.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}
