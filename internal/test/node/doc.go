// Package node holds the keyring to what Node.js itself seals. It is a test and nothing else, away from
// package secret, whose own tests need nothing installed.
package node
