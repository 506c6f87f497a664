//! What the disk may do to a journal: full, gone, held, damaged. The real program ends with 8 and
//! says what to do, the server hears of nothing that has no intent on disk, and `resume` is clean.

mod damaged;
mod full;
mod gone;
mod held;
mod refused;
mod site;
