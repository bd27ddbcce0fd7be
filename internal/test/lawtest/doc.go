// Package lawtest holds the layers of the program: which package may import which. It is a test and
// nothing else.
package lawtest
