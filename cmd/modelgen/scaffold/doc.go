// Package scaffold is what modelgen init writes into a module without models: an example of a model, the part of a program that applies the
// migrations, a test that runs them, and the file of a CI service. It writes nothing itself, runs no command and reads the module's files alone.
package scaffold
