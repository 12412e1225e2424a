//! The run as a state machine: transcripts, every interleaving, every cut of the log, and the tables of what may follow what.

mod properties;
mod scale;
mod simulation;
mod tables;
mod transcripts;
