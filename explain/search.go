package explain

import "iter"

// step is one mistake, applied to a recipe: a way to sign.
type step[R any] struct {
	Mistake
	// subject is what it changes; two steps with the same one do not go together.
	subject string
	apply   func(R) R
}

// found is the recipe that gave the received digest.
type found[R any] struct {
	recipe   R
	mistakes []Mistake
	ok       bool
}

// search looks for the recipe that a sender followed.
type search[R any] struct {
	// bases are the recipes that are right.
	bases []R
	// steps are tried one by one and in pairs.
	steps []step[R]
	// changes are tried one by one, last: there are many.
	changes func(R) iter.Seq[step[R]]
	// hit says whether a recipe gives the received digest.
	hit func(R) bool
	// left is how many recipes may still be tried.
	left, tried int
}

// try computes one recipe, as long as there is effort left.
func (s *search[R]) try(r R) bool {
	if s.left == 0 {
		return false
	}
	s.left--
	s.tried++
	return s.hit(r)
}

// run looks for no mistake, for one, for two, and last for a changed character.
func (s *search[R]) run() found[R] {
	for _, base := range s.bases {
		if s.try(base) {
			return found[R]{recipe: base, ok: true}
		}
	}
	for _, look := range []func(R) found[R]{s.one, s.character, s.two} {
		for _, base := range s.bases {
			if f := look(base); f.ok {
				return f
			}
		}
	}
	return found[R]{}
}

func (s *search[R]) one(base R) found[R] {
	for _, step := range s.steps {
		if r := step.apply(base); s.try(r) {
			return found[R]{r, []Mistake{step.Mistake}, true}
		}
	}
	return found[R]{}
}

func (s *search[R]) two(base R) found[R] {
	for i, first := range s.steps {
		if s.left == 0 {
			break
		}
		r := first.apply(base)
		for _, second := range s.steps[i+1:] {
			if second.subject == first.subject {
				continue
			}
			if r := second.apply(r); s.try(r) {
				return found[R]{r, []Mistake{first.Mistake, second.Mistake}, true}
			}
		}
	}
	return found[R]{}
}

func (s *search[R]) character(base R) found[R] {
	// Half of what is left stays for the pairs.
	reserve := s.left / 2
	for change := range s.changes(base) {
		if s.left <= reserve {
			break
		}
		if r := change.apply(base); s.try(r) {
			return found[R]{r, []Mistake{change.Mistake}, true}
		}
	}
	return found[R]{}
}
