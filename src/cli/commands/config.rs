//! `config`: which value of each setting is in force, and a file to fill in.

use std::io::Write;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{ConfigShowArguments, ConnectionArguments};
use crate::cli::configuration::{
    FileChoice, FileLine, Key, Overridden, Setting, SettingOrigin, TEMPLATE, named_file, user_file,
};
use crate::cli::connect;
use crate::cli::output::{OutputKind, make_folder};
use crate::cli::paths::shown;
use crate::cli::{Context, Exit, Failure};
use crate::defender::Cloud;
use crate::domain::Advice;
use crate::reporter::{Side, lined_up};

#[derive(JsonSchema, Serialize)]
pub(crate) struct ConfigDocument {
    #[schemars(extend("const" = "mde-offboard.config/1"))]
    schema: &'static str,
    /// None: no file was found.
    file: Option<String>,
    /// The user's own file, where one in the current folder is read and only its guards count.
    own_file: Option<String>,
    profile: Option<String>,
    settings: Vec<SettingShape>,
}

#[derive(JsonSchema, Serialize)]
struct SettingShape {
    name: &'static str,
    #[serde(flatten)]
    in_force: ValueOfOrigin,
    overrides: Vec<ValueOfOrigin>,
}

#[derive(JsonSchema, Serialize)]
struct ValueOfOrigin {
    value: Option<String>,
    /// `option`, `profile`, `environment`, `file` or `default`.
    origin: &'static str,
    /// The option, the profile or the variable.
    by: Option<String>,
    line: Option<usize>,
}

impl ValueOfOrigin {
    fn new(value: Option<String>, origin: &SettingOrigin) -> Self {
        let by = match origin {
            SettingOrigin::Option(name) => Some(format!("--{name}")),
            SettingOrigin::Profile { name, .. } => Some(name.clone()),
            SettingOrigin::Environment(name) => Some((*name).to_owned()),
            SettingOrigin::File(_) | SettingOrigin::Default => None,
        };
        let line = origin.file_line().map(|at| at.line);
        Self { value, origin: origin.word(), by, line }
    }
}

/// Shows every setting. No secret, and no part of one, is in what is shown.
pub(crate) fn show(context: &Context, given: &ConfigShowArguments) -> Result<Exit, Failure> {
    let settings = settings(context, &given.connection)?;
    let (file, profile) = (context.configuration.file(), context.configuration.profile());
    let own_file = context.configuration.hidden_file().map(|(own, _)| shown(&own.path));
    if context.screen.is_json() {
        let shape = |Setting { key, value, origin, overridden }: &Setting| SettingShape {
            name: key.word(),
            in_force: ValueOfOrigin::new(value.clone(), origin),
            overrides: overridden
                .iter()
                .map(|it| ValueOfOrigin::new(Some(it.value.clone()), &it.origin))
                .collect(),
        };
        context.screen.document(&ConfigDocument {
            schema: "mde-offboard.config/1",
            file: file.map(|file| shown(&file.path)),
            own_file: own_file.clone(),
            profile: profile.map(str::to_owned),
            settings: settings.iter().map(shape).collect(),
        });
        return Ok(Exit::Done);
    }
    let said = match file {
        None => "file     none".to_owned(),
        Some(file) => {
            let why = match file.found {
                FileChoice::Named => "",
                FileChoice::InFolder => {
                    ", found in this folder: it names no host, secret or command"
                }
                FileChoice::OfUser => ", your own",
            };
            format!("file     {}{why}", shown(&file.path))
        }
    };
    let own = own_file.map(|own| format!("own file {own}: only its guards count here\n"));
    let (own, profile) = (own.unwrap_or_default(), profile.unwrap_or("none"));
    let table = table(&settings, file.map(|file| file.path.as_path()));
    context.screen.result(&format!("{said}\n{own}profile  {profile}\n\n{table}"));
    Ok(Exit::Done)
}

/// All settings, with the defaults that follow from others.
fn settings(context: &Context, given: &ConnectionArguments) -> Result<Vec<Setting>, Failure> {
    let connection = context.configuration.connection(given);
    let cloud = connection.cloud.unwrap_or(Cloud::Public);
    let places = connect::places(cloud, connection.region)?;
    let journal = context.named_journals()?.swap_remove(0);
    let mut settings = context.configuration.settings();
    for setting in settings.iter_mut().filter(|setting| setting.value.is_none()) {
        setting.value = match setting.key {
            Key::ApiUrl => Some(places.api.to_string()),
            Key::AuthorityUrl => Some(places.authority.to_string()),
            Key::Journal => Some(shown(&journal)),
            _ => None,
        };
    }
    Ok(settings)
}

fn table(settings: &[Setting], file: Option<&Path>) -> String {
    let place = |origin: &SettingOrigin| place(origin, file);
    let mut rows = Vec::new();
    for Setting { key, value, origin, overridden } in settings {
        let value = value.clone().unwrap_or_else(|| "-".to_owned());
        let is_set = value != "-";
        let origin = if is_set { place(origin) } else { String::new() };
        rows.push(vec![key.word().to_owned(), value, origin]);
        for Overridden { value, origin } in overridden {
            rows.push(vec![String::new(), format!("  overrides {value}"), place(origin)]);
        }
    }
    let lines = lined_up(&rows, &[Side::Left; 3], 0, 2);
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n") + "\n"
}

/// The file that is read is named above, and so is the user's own.
fn place(origin: &SettingOrigin, file: Option<&Path>) -> String {
    let line = |at: &FileLine| {
        let is_read = file == Some(at.file.as_path());
        format!("line {}{}", at.line, if is_read { "" } else { " of your own file" })
    };
    match origin {
        SettingOrigin::Profile { name, at } => format!("profile {name}, {}", line(at)),
        SettingOrigin::File(at) => line(at),
        other => other.to_string(),
    }
}

/// Writes the commented file: where `--config` or its variable says, else into the user's folder.
pub(crate) fn init(context: &Context, named: Option<&Path>, force: bool) -> Result<Exit, Failure> {
    let Some(path) = named_file(named).or_else(user_file) else {
        let said = "there is no home folder to write the settings to";
        return Err(Failure::new(Exit::Usage, said).hint("name a file: --config PATH"));
    };
    let name = shown(&path);
    if !force && path.symlink_metadata().is_ok() {
        let show = Advice::from("fill it in, look at it with ").then_command("config show");
        return Err(Failure::new(Exit::Usage, format!("{name} is there already"))
            .hint(show.then(", or replace it with --force")));
    }
    write(context, &path)?;
    let check = context.commands.of("check");
    context.screen.result(&format!(
        "{name} is written: each setting is in it, commented out.\n\
         Fill in a profile, then prove that it works: {check} --profile NAME\n"
    ));
    Ok(Exit::Done)
}

fn write(context: &Context, path: &Path) -> Result<(), Failure> {
    let name = shown(path);
    let unwritten = |error: std::io::Error| {
        Failure::new(Exit::Usage, format!("{name} cannot be written"))
            .caused_by(&error)
            .hint("name a file in a folder that you can write to: --config PATH")
    };
    make_folder(path).map_err(unwritten)?;
    let mut file = context.outputs.replace(OutputKind::Configuration, path)?;
    file.write_all(TEMPLATE.as_bytes()).and_then(|()| file.finish()).map_err(unwritten)
}
