//! The real binary, as a shell or a scheduler starts it.

mod arguments;
mod bounds;
mod checks;
mod class_files;
mod classes;
mod desk;
mod exclusions;
mod exits;
mod forecasts;
mod guards;
mod histories;
mod inputs;
mod interrupted;
mod lists;
mod outputs;
mod outside;
mod rehearsals;
mod resolves;
mod shown;
mod sign_ins;
mod tried;
