// Package story holds a test alone: a schema with every kind of object beside its tables goes through four migrations that change columns under views, functions under
// triggers, a partition and a policy, on both databases, forwards and back, and is interrupted at every statement. The schemas of its steps are in testdata; what leads from one to the next is
// found by the comparison, as generate finds it.
package story
