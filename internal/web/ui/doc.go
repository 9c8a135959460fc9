// Package ui is the common frame of all pages: design tokens and components
// (css/), small plain scripts (js/), the layout and its parts (templates/), the
// variants of an address, the fingerprinted assets and the security headers.
//
// A component is one stylesheet, one template block and one entry in the style
// guide. Nothing here knows a page.
package ui
