package conform

import (
	"context"
	"strings"
)

// Basis is how certain a rule is.
type Basis string

// The bases.
const (
	// Doc: stated in the platform's documentation.
	Doc Basis = "doc"
	// Sibling: stated for a sibling interface of the platform.
	Sibling Basis = "sibling"
	// Code: seen in published code.
	Code Basis = "code"
	// Inferred: a conclusion, stated nowhere.
	Inferred Basis = "inferred"
)

// Level is what follows from a clause that is not kept.
type Level string

// The levels.
const (
	// Must: the endpoint does not conform.
	Must Level = "must"
	// Should: it may, and the platform may stumble over it.
	Should Level = "should"
)

// Level of rules on this basis: only what is documented is a must.
func (b Basis) Level() Level {
	if b == Doc {
		return Must
	}
	return Should
}

// Check sends messages and judges the answers. Nil: the clause is kept; a [Note]:
// it is, and there is something to say about it; any other error says in a
// sentence what was sent and what came back.
type Check func(context.Context) error

// Note is what a kept clause has to say, such as what was measured.
type Note string

// Error returns the note.
func (n Note) Error() string { return string(n) }

// Clause is one rule of a contract and its check.
type Clause struct {
	// Name is unique and stays: platform, family, number, "ALI-SIG-04".
	Name string
	// Basis decides the level.
	Basis Basis
	// Rule in one sentence.
	Rule string
	// Page is the key of a [Page], Section what the rule stands under there.
	Page, Section string
	// Rows are the documented rows and rules that the clause covers.
	Rows []string
	// Needs are the flags and variables without which it is skipped.
	Needs []string
	// Alone: it measures time, and runs when nothing else does.
	Alone bool
	// Check does it.
	Check Check
}

// Family is the name without the number.
func (c Clause) Family() string {
	return c.Name[:max(0, strings.LastIndexByte(c.Name, '-'))]
}

// Page is a page of a platform's documentation.
type Page struct {
	// Key is how clauses name it, "A1".
	Key string
	// Title says what it is about, URL where it is.
	Title, URL string
}

// Facts are what somebody has to know about an endpoint to check it from outside.
// Numbers are as the user wrote them; what is empty is not known.
type Facts struct {
	// ConnectsX connects ConnectsCaller, by call and by text.
	ConnectsX, ConnectsCaller string
	// AsksX asks for an extension, and connects whoever types Extension.
	AsksX, Extension string
	// RejectsX connects nobody.
	RejectsX string
}

// The flags that facts come from.
const (
	FlagConnects  = "--x-connects"
	FlagCaller    = "--caller-connects"
	FlagAsks      = "--x-asks"
	FlagExtension = "--extension"
	FlagRejects   = "--x-rejects"
)

// Given lists the flags whose facts are known.
func (f Facts) Given() map[string]bool {
	return map[string]bool{
		FlagConnects: f.ConnectsX != "", FlagCaller: f.ConnectsCaller != "",
		FlagAsks: f.AsksX != "", FlagExtension: f.Extension != "", FlagRejects: f.RejectsX != "",
	}
}

// Rule makes a clause. The reference is the key of a page and the section there,
// "A1 Signature"; the rows that it covers are separated by spaces.
func Rule(name string, basis Basis, reference, rule, rows string, check Check, needs ...string) Clause {
	page, section, _ := strings.Cut(reference, " ")
	return Clause{
		Name: name, Basis: basis, Rule: rule, Page: page, Section: section, Rows: strings.Fields(rows), Needs: needs, Check: check,
	}
}

// Apart is the clause, run when nothing else does.
func (c Clause) Apart() Clause {
	c.Alone = true
	return c
}
