// Package node tests the keyring against what Node.js itself seals. It only has tests. They are not in package
// secret, whose own tests need nothing installed.
package node
