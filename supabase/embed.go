// Package supabase holds the SQL that makes the database: the migrations, which a Supabase project
// and plain PostgreSQL share, and the shim for the second.
package supabase

import "embed"

// Migrations holds migrations/*.sql in the order of their names, 14 digits and a title.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Shim makes what plain PostgreSQL lacks of a Supabase project.
//
//go:embed shim.sql
var Shim string

// Role prepares the role of the service in a database that has the shim; $role is its name as a literal of SQL.
//
//go:embed role.sql
var Role string
