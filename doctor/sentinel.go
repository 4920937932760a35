package doctor

import "xmode/store"

// enough sentinels agree that a master is dead though one of them died with it.
const enough = 3

// Watchers judges the sentinels that an address names.
func Watchers(all []store.Watcher) (found Findings) {
	answer, most := 0, 0
	for _, w := range all {
		if w.Away != "" {
			found.add(Warning, Sentinels, w.Name, "the sentinel does not help: %s", w.Away)
			continue
		}
		answer++
		most = max(most, 1+w.Others-w.Down)
	}
	switch {
	case answer == 0:
		found.add(Problem, Sentinels, "", "none of %d sentinels answers", len(all))
	case most < enough:
		found.add(Warning, Sentinels, "", "%d watch the master and live: when it dies, they may not agree", most)
	default:
		found.add(OK, Sentinels, "", "%d watch the master", most)
	}
	return found
}

// promotable looks for somebody who takes the place of the master.
func (f *Findings) promotable(nodes []store.Node) {
	for _, n := range nodes {
		if n.Away == "" && n.Replicas == 0 {
			f.add(Warning, Sentinels, n.Name, "the master has no replica: nobody can take its place")
		}
	}
}
