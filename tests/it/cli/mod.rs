//! The real binary, as a shell or a scheduler starts it.

mod arguments;
mod bounds;
mod checks;
mod class_files;
mod classes;
mod comments;
mod desk;
mod exits;
mod forecasts;
mod inputs;
mod interrupted;
mod leads;
mod lists;
mod outputs;
mod outside;
mod proxies;
mod rehearsals;
mod resolves;
mod shapes;
mod shown;
mod sign_ins;
mod tenants;
mod truths;
mod useless;
