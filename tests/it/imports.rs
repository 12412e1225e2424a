//! Imports from the network, through the program: what is fetched, what is kept, what is refused and how that is said. All servers are on the loopback.

use std::{fs, path::Path, time::Duration};

use pretty_assertions::assert_eq;

use crate::support::{
    cases::golden,
    program::Program,
    web::{Authority, Page, Web, deserted},
};

/// A document with one task.
const TASK: &str =
    "version 1.1\ntask greet {\n  input { String name }\n  command <<< echo ~{name} >>>\n  output { String said = read_string(stdout()) }\n}\n";

/// A workflow that calls the task of what it imports.
fn caller(import: &str) -> String {
    format!(
        "version 1.1\nimport \"{import}\" as lib\nworkflow w {{\n  call lib.greet {{ input: name = \"you\" }}\n  output {{ String said = greet.said }}\n}}\n"
    )
}

/// A workflow in a file of this machine.
fn desk(import: &str) -> Program {
    Program::new().file("main.wdl", &caller(import))
}

/// Types a command and gives all it wrote, with a name for the server.
fn typed(program: &Program, web: &Web, arguments: &[&str]) -> String {
    program.args(arguments).transcript().replace(&web.url(""), "<web>")
}

/// Holds what `sluice check main.wdl` wrote against `tests/cases/imports/NAME.txt`.
#[track_caller]
fn checked(program: &Program, web: &Web, name: &str) {
    golden(&Path::new("tests/cases/imports").join(format!("{name}.txt")), &typed(program, web, &["check", "main.wdl"]));
}

const RIGHT: &str = "--- stderr\nmain.wdl: 0 errors, 0 warnings\n--- exit 0\n";

#[test]
fn relative_imports_are_relative_to_the_url_and_read_once() {
    let web = Web::new();
    web.text("/a/top.wdl", "version 1.1\nimport \"../lib/deep.wdl\"\nimport \"/lib/./deep.wdl\" as again\nworkflow sub { call deep.greet { input: name = \"a\" } call again.greet as two { input: name = \"b\" } }\n");
    web.text("/lib/deep.wdl", TASK);
    let main = format!("version 1.1\nimport \"{}\" as sub\nworkflow w {{ call sub.sub }}\n", web.url("/a/top.wdl#fragment"));
    let program = Program::new().file("main.wdl", &main);
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
    assert_eq!(web.asked(), ["/a/top.wdl", "/lib/deep.wdl"]);
}

#[test]
fn the_main_document_may_be_a_url() {
    let web = Web::new();
    web.text("/main.wdl", &caller("greet.wdl")).text("/greet.wdl", TASK);
    let (program, url) = (Program::new(), web.url("/main.wdl"));
    assert_eq!(typed(&program, &web, &["check", &url]), "--- stderr\n<web>/main.wdl: 0 errors, 0 warnings\n--- exit 0\n");
    assert_eq!(typed(&program, &web, &["inputs", &url]), "--- stdout\n{}\n--- exit 0\n");
    let compiled = typed(&program, &web, &["compile", &url, "--dir", "out"]);
    assert!(compiled.contains("script.sbatch\t1 task"), "{compiled}");
}

/// A run keeps what it read: `resume` works when the server is gone, and after a redirect.
#[test]
fn a_run_keeps_its_documents() {
    let web = Web::new();
    web.page("/main.wdl", Page::Redirect("/v2/main.wdl?at=1".to_owned())).text("/v2/main.wdl?at=1", &caller("greet.wdl"));
    web.page("/v2/greet.wdl", Page::Redirect("/v2/tasks/greet.wdl".to_owned())).text("/v2/tasks/greet.wdl", TASK);
    let program = Program::new();
    let ran = typed(&program, &web, &["run", &web.url("/main.wdl"), "--dir", "run"]);
    assert!(ran.contains("\"w.said\": \"you\"") && ran.contains("--- exit 0"), "{ran}");
    let manifest = fs::read_to_string(program.work().join("run/source/manifest.json")).expect("it is there").replace(&web.url(""), "<web>");
    golden(Path::new("tests/cases/imports/manifest.txt"), &manifest);
    drop(web.asked());
    let resumed = typed(&program, &web, &["resume", "run"]);
    assert!(resumed.contains("\"w.said\": \"you\"") && resumed.contains("--- exit 0"), "{resumed}");
    assert_eq!(web.asked(), [""; 0]);
}

#[test]
fn a_copy_is_confirmed_by_its_tag() {
    let web = Web::new();
    web.page("/greet.wdl", Page::Tagged(TASK.to_owned()));
    let program = desk(&web.url("/greet.wdl"));
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
    let tag = TASK.len();
    assert_eq!(web.asked(), ["/greet.wdl".to_owned(), format!("/greet.wdl if \"{tag}\"")]);
    // What the server has changed counts.
    web.page("/greet.wdl", Page::Tagged(TASK.replace("String name", "Int name")));
    let said = typed(&program, &web, &["check", "main.wdl"]);
    assert!(said.contains("--- exit 3"), "{said}");
}

#[test]
fn without_an_answer_the_copy_is_taken_and_said() {
    let web = Web::new();
    web.text("/greet.wdl", TASK);
    let program = desk(&web.url("/greet.wdl"));
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
    web.page("/greet.wdl", Page::Status(503));
    let said = typed(&program, &web, &["check", "main.wdl"]);
    let warning = "warning: `<web>/greet.wdl` is taken from the cache, as it was on ";
    assert!(said.contains(warning) && said.contains("the server answered 503 Service Unavailable") && said.contains("--- exit 0"), "{said}");
    // Nobody is asked, and nobody is needed.
    drop(web.asked());
    assert_eq!(typed(&program, &web, &["check", "--offline", "main.wdl"]), RIGHT);
    assert_eq!(web.asked(), [""; 0]);
    let uncached = typed(&program, &web, &["check", "--no-import-cache", "main.wdl"]);
    assert!(uncached.contains("--- exit 3"), "{uncached}");
}

#[test]
fn a_damaged_copy_is_none() {
    let web = Web::new();
    web.text("/greet.wdl", TASK);
    let program = desk(&web.url("/greet.wdl")).env("XDG_CACHE_HOME", "/dev/null/at/all");
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT, "a cache that cannot be written only costs time");
    let cache = program.work().join("cache");
    let program = program.env("XDG_CACHE_HOME", cache.to_str().expect("a temporary folder has a plain name"));
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
    for entry in fs::read_dir(cache.join("sluice/imports")).expect("copies are there").flatten() {
        fs::write(entry.path(), "{\"asked\":\"torn").expect("it is ours");
    }
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
    for entry in fs::read_dir(cache.join("sluice/imports")).expect("copies are there").flatten() {
        fs::write(entry.path(), "{\"asked\":\"torn").expect("it is ours");
    }
    checked(&program.env("SLUICE_OFFLINE", "1"), &web, "offline-without-a-copy");
}

#[test]
fn what_servers_say_is_said() {
    let web = Web::new();
    web.page("/private.wdl", Page::Status(403)).page("/broken.wdl", Page::Status(500));
    for (path, name) in [("/none/blob/main/x.wdl", "not-found"), ("/private.wdl", "forbidden"), ("/broken.wdl", "server-error")] {
        checked(&desk(&web.url(path)), &web, name);
    }
    let program = Program::new().file("main.wdl", &caller(&web.url("/none.wdl")));
    golden(Path::new("tests/cases/imports/as-json.txt"), &typed(&program, &web, &["check", "--json", "main.wdl"]));
    golden(Path::new("tests/cases/imports/main-not-found.txt"), &typed(&program, &web, &["run", &web.url("/none.wdl")]));
}

#[test]
fn pages_are_no_documents() {
    let web = Web::new();
    web.text("/o/r/blob/main/greet.wdl", "\n<!DOCTYPE html>\n<html></html>").text("/plain.wdl", "<?xml version=\"1.0\"?><Error/>");
    checked(&desk(&web.url("/o/r/blob/main/greet.wdl")), &web, "page");
    checked(&desk(&web.url("/plain.wdl")), &web, "xml");
}

#[test]
fn redirects_are_followed_but_not_for_ever() {
    let web = Web::new();
    web.page("/a.wdl", Page::Redirect("b.wdl".to_owned())).page("/b.wdl", Page::Redirect("/c/d.wdl".to_owned()));
    web.text("/c/d.wdl", "version 1.1\nimport \"greet.wdl\"\n").text("/c/greet.wdl", TASK);
    let main = format!("version 1.1\nimport \"{}\"\nimport \"{}\"\n", web.url("/a.wdl"), web.url("/c/d.wdl"));
    let program = Program::new().file("main.wdl", &main);
    let said = typed(&program, &web, &["check", "main.wdl"]);
    assert!(said.contains("main.wdl: 0 errors"), "{said}");
    assert_eq!(web.asked(), ["/a.wdl", "/b.wdl", "/c/d.wdl", "/c/greet.wdl"]);
    web.page("/round.wdl", Page::Redirect("/round.wdl".to_owned()));
    checked(&desk(&web.url("/round.wdl")), &web, "redirect-loop");
    web.page("/file.wdl", Page::Redirect("file:///etc/passwd".to_owned()));
    checked(&desk(&web.url("/file.wdl")), &web, "redirect-to-a-file");
}

#[test]
fn slow_large_and_silent_servers() {
    let web = Web::new();
    web.page("/slow.wdl", Page::Slow(Duration::from_secs(20))).text("/large.wdl", &" ".repeat(10_000_001));
    checked(&desk(&web.url("/slow.wdl")).env("SLUICE_IMPORT_TIMEOUT", "1"), &web, "slow");
    checked(&desk(&web.url("/large.wdl")), &web, "too-large");
    let nobody = deserted();
    let main = format!("version 1.1\nimport \"{nobody}/a.wdl\"\nimport \"{nobody}/b.wdl\"\n");
    let said = Program::new().file("main.wdl", &main).args(&["check", "main.wdl"]).transcript();
    let port = nobody.trim_start_matches("http://");
    golden(Path::new("tests/cases/imports/nobody.txt"), &said.replace(&nobody, "<web>").replace(port, "<host>"));
}

#[test]
fn circles_name_every_document() {
    let web = Web::new();
    web.text("/a.wdl", "version 1.1\nimport \"sub/b.wdl\"\n").text("/sub/b.wdl", "version 1.1\nimport \"../a.wdl\"\n");
    web.text("/self.wdl", "version 1.1\nimport \"self.wdl\"\n");
    let main = format!("version 1.1\nimport \"{}\"\nimport \"{}\" as me\n", web.url("/a.wdl"), web.url("/self.wdl"));
    checked(&Program::new().file("main.wdl", &main), &web, "circle");
}

/// A server that answers every path with an import of a further one.
#[test]
fn a_chain_without_an_end_ends() {
    let web = Web::new();
    for step in 0..1001 {
        web.text(&format!("/{step}.wdl"), &format!("version 1.1\nimport \"{}.wdl\" as next\n", step + 1));
    }
    let program = Program::new().file("main.wdl", &format!("version 1.1\nimport \"{}\" as first\n", web.url("/0.wdl")));
    let said = typed(&program, &web, &["check", "--no-import-cache", "main.wdl"]);
    assert!(
        said.contains("error: cannot read the imported document `<web>/1000.wdl`: more than 1000 documents are imported from the network"),
        "{said}"
    );
}

#[test]
fn documents_of_the_network_reach_no_file_of_this_machine() {
    let web = Web::new();
    let program = Program::new().file("greet.wdl", TASK);
    let here = program.work().join("greet.wdl");
    let here = here.to_str().expect("a temporary folder has a plain name");
    // By its path it is a path of the server; by `file://` it is refused.
    web.text("/path.wdl", &format!("version 1.1\nimport \"{here}\" as lib\n"));
    web.text("/file.wdl", &format!("version 1.1\nimport \"file://{here}\" as lib\n"));
    let program =
        program.file("main.wdl", &format!("version 1.1\nimport \"{}\" as a\nimport \"{}\" as b\n", web.url("/path.wdl"), web.url("/file.wdl")));
    let said = typed(&program, &web, &["check", "main.wdl"]);
    let refused = "cannot read the imported document `file://<dir>/greet.wdl`: a document from the network may not import a file of this machine";
    assert!(said.contains(refused) && said.contains("`<web><dir>/greet.wdl`: the server answered 404") && said.contains("--- exit 3"), "{said}");
    assert!(web.asked().iter().any(|path| path == here), "a path is asked of the server");
    // From this machine both are right.
    let program = program.file("main.wdl", &format!("version 1.1\nimport \"file://{here}\" as a\nimport \"greet.wdl\" as b\nworkflow w {{ call a.greet {{ input: name = \"a\" }} call b.greet as c {{ input: name = \"b\" }} }}\n"));
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
}

#[test]
fn uris_that_are_none() {
    let imports = ["gs://bucket/x.wdl", "https://ann:secret@localhost/x.wdl", "https://", "file://elsewhere/x.wdl"];
    let mut main = "version 1.1\n".to_owned();
    for (index, uri) in imports.iter().enumerate() {
        main += &format!("import \"{uri}\" as i{index}\n");
    }
    checked(&Program::new().file("main.wdl", &main), &Web::new(), "wrong-uris");
}

#[test]
fn certificates_are_checked() {
    let (authority, plain) = (Authority::new("ours"), Web::new());
    let web = Web::tls(&authority);
    web.text("/greet.wdl", TASK).page("/down.wdl", Page::Redirect(plain.url("/greet.wdl")));
    let program = desk(&web.url("/greet.wdl")).file("ca.pem", &authority.pem).file("other.pem", &Authority::new("another").pem);
    assert_eq!(typed(&program.env("SSL_CERT_FILE", "ca.pem"), &web, &["check", "main.wdl"]), RIGHT);
    let program = desk(&web.url("/greet.wdl")).file("other.pem", &Authority::new("another").pem).env("SSL_CERT_FILE", "other.pem");
    checked(&program, &web, "unknown-authority");
    let program = desk(&web.url("/down.wdl")).file("ca.pem", &authority.pem).env("SSL_CERT_FILE", "ca.pem");
    let said = typed(&program, &web, &["check", "main.wdl"]).replace(&plain.url(""), "<plain>");
    golden(Path::new("tests/cases/imports/downgrade.txt"), &said);
}

/// Behind a proxy the host's name is the proxy's to find; hosts in `no_proxy` are asked directly.
#[test]
fn the_proxy_of_the_environment_is_used() {
    let (web, proxy) = (Web::new(), Web::new());
    web.text("/greet.wdl", TASK);
    let program = desk("http://example.invalid/greet.wdl").env("http_proxy", &proxy.url("/"));
    checked(&program, &proxy, "proxy");
    assert_eq!(proxy.asked(), ["example.invalid:80"]);
    let program = desk(&web.url("/greet.wdl")).env("http_proxy", &deserted()).env("no_proxy", "127.0.0.1");
    assert_eq!(typed(&program, &web, &["check", "main.wdl"]), RIGHT);
}

/// A document from the network names a file beside it: only documents are fetched, so it is refused before anything is submitted.
#[test]
fn files_beside_a_document_of_the_network() {
    let web = Web::new();
    let task = "version 1.2\ntask show {\n  input { File f = \"data.txt\" }\n  command <<< cat ~{f} >>>\n  output { String said = read_string(stdout()) }\n}\n";
    web.text("/task.wdl", task);
    web.text("/declared.wdl", "version 1.3\nimport \"task.wdl\" as lib\nworkflow w {\n  call lib.show as first { f = \"/etc/hostname\" }\n  File more = \"data/more.txt\"\n  call lib.show { f = more }\n}\n");
    web.text("/given.wdl", "version 1.1\nimport \"task.wdl\" as lib\nworkflow w {\n  call lib.show { input: f = \"data/more.txt\" }\n}\n");
    web.text("/default.wdl", "version 1.0\nimport \"task.wdl\" as lib\nworkflow w {\n  input { File? f = \"data.txt\" }\n  call lib.show { input: f = select_first([f]) }\n  output { String said = show.said }\n}\n");
    let program = Program::new().file("here.txt", "from here\n");
    for name in ["task", "declared", "given", "default"] {
        let said = typed(&program, &web, &["run", &web.url(&format!("/{name}.wdl")), "--backend", "local", "--dir", name]);
        golden(Path::new("tests/cases/imports").join(format!("file-beside-{name}.txt")).as_path(), &said);
        assert!(!program.work().join(name).join("batches").exists(), "nothing was submitted");
    }
    // What the inputs give lies here.
    let said = typed(&program, &web, &["run", &web.url("/default.wdl"), "f=here.txt", "--backend", "local", "--dir", "right"]);
    assert!(said.contains("\"w.said\": \"from here\"") && said.contains("--- exit 0"), "{said}");
}
