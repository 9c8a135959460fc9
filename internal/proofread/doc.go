// Package proofread reads a draft for faults before it goes out: document
// numbers (F-06), dates, headings and attachments (F4), the printed attribute
// citations, punctuation, wrong words, former names of organs, and
// personal or hidden data (A-25 and the detector list of handbook A4).
//
// Rules are data (Rules): each says its level, its reason in Chinese, its
// source, examples both ways that run as tests, and how many hits a document it
// may have on texts known to be clean. Nothing is ever changed, only flagged.
//
// Every span counts runes of its part, end exclusive. The package is pure: no
// I/O, no clock, no randomness. What a library knows about cited documents
// comes in through Citations.
package proofread
