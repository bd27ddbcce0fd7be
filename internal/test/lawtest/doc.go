// Package lawtest tests which package may import which, and how large files, functions and interfaces may be. It
// only has tests.
package lawtest
