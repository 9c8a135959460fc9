// Package architecture holds no code: its tests keep the rules that concern
// the tree as a whole. Imports point one way, pure rooms stay pure, test tools
// stay out of the binary, files stay short, no path or host of one machine
// stands in the tree, and docs/requirements.csv tells the truth about its tests.
package architecture
