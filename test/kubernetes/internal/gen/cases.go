package gen

import (
	"fmt"
	"hash/fnv"
	"math/rand"
	"strings"

	"kubectl-psp/reference/internal/oracle"
)

// Generator makes cases one after another.
type Generator struct {
	r       *R
	prefix  string
	i       int
	allowed int
	soles   map[string]int
	muts    map[string]int
	invalid int
	spoiled int
	updates int
	seen    map[uint64]bool
	kept    []*draft // cases to derive others from
	names   []string
	ok      []*oracle.Result

	// Tries counts the drafts, Discarded why some were dropped.
	Tries     int
	Discarded map[string]int
}

// New makes a generator.
func New(seed int64, prefix string) *Generator {
	return &Generator{prefix: prefix, r: &R{rand.New(rand.NewSource(seed))}, soles: map[string]int{}, muts: map[string]int{}, seen: map[uint64]bool{}, Discarded: map[string]int{}}
}

const (
	share        = 0.0135 // aimed at for each control and each mutating path
	allowedShare = 0.45
	invalidShare = 0.03
	oldInvalid   = 0.08 // of old releases, of which fewer cases are made
	updateShare  = 0.11
)

// extraSoles are reasons of denial beside the controls.
var extraSoles = []string{"authorization", "noProvider", "updateMutation"}

// Next makes the next case and its result.
func (g *Generator) Next() (*oracle.Case, *oracle.Result) {
	for {
		d, check, kind := g.draft()
		if d == nil {
			g.Discarded["no draft: "+kind]++
			continue
		}
		g.Tries++
		if d.gates == nil && d.usesProcMount() && g.r.p(0.85) {
			d.gates = map[string]bool{"ProcMountType": true}
		}
		name := fmt.Sprintf("%s%05d", g.prefix, g.i+1)
		c := d.build(name)
		res := oracle.Evaluate(c, oracle.Options{ValidatePods: true})
		if reason := g.refuse(kind, c, res); reason != "" {
			g.Discarded[reason]++
			continue
		}
		if check != nil && !check(res) {
			g.Discarded["missed: "+kind]++
			continue
		}
		h := fnv.New64a()
		bare := *c
		bare.Name, bare.DerivedFrom = "", ""
		_, _ = h.Write(raw(bare))
		if g.seen[h.Sum64()] {
			g.Discarded["duplicate"]++
			continue
		}
		g.seen[h.Sum64()] = true
		g.count(d, c, res)
		return c, res
	}
}

// refuse tells why a case is not fit.
func (g *Generator) refuse(kind string, c *oracle.Case, res *oracle.Result) string {
	switch {
	case res.SelfCheck != "":
		panic(fmt.Sprintf("self check of %s: %s\n%s", c.Name, res.SelfCheck, raw(c)))
	case res.MessageOrder != "":
		panic(fmt.Sprintf("message of %s: %s\n%s", c.Name, res.Message, raw(c)))
	case res.Error != "":
		return "error: " + res.Error
	case len(*res.PodErrors) > 0:
		return "pod: " + strings.Join(oracle.Fields(*res.PodErrors), " ")
	case len(res.RBACErrors) > 0:
		return "rbac: " + strings.Join(oracle.Fields(res.RBACErrors), " ")
	case res.InvalidPolicies && kind != "invalid":
		l := []string{}
		for _, p := range res.PolicyValidation {
			l = append(l, oracle.Fields(p.Errors)...)
		}
		return "policy: " + strings.Join(uniq(l), " ")
	case !res.InvalidPolicies && kind == "invalid":
		return "missed: invalid"
	case len(res.MutatedPodErrors) > 0 && g.r.p(0.3):
		return "mutated pod"
	}
	// Free drafts are chosen so that the share of allowed cases comes out right.
	if !strings.Contains(kind, ":") && g.i > 20 {
		have := float64(g.allowed) / float64(g.i)
		if res.Allowed && have > allowedShare && g.r.p(0.8) || !res.Allowed && have < allowedShare && g.r.p(0.8) {
			return "share"
		}
	}
	return ""
}

func (g *Generator) count(d *draft, c *oracle.Case, res *oracle.Result) {
	g.i++
	if res.Allowed {
		g.allowed++
	}
	if s := oracle.SoleReason(res); s != "" {
		g.soles[s]++
	}
	for _, m := range res.Mutations {
		g.muts[m]++
	}
	if res.InvalidPolicies {
		g.invalid++
	}
	if d.op == "UPDATE" {
		g.updates++
	}
	if len(g.kept) < 4000 {
		g.kept, g.names, g.ok = append(g.kept, d), append(g.names, c.Name), append(g.ok, res)
	} else {
		k := g.r.Intn(len(g.kept))
		g.kept[k], g.names[k], g.ok[k] = d, c.Name, res
	}
}

// draft chooses what to make next.
func (g *Generator) draft() (d *draft, check func(*oracle.Result) bool, kind string) {
	r := g.r
	need := share*float64(g.i) + 1
	var due []string
	for _, t := range targets {
		if float64(g.soles[t.name]) < need && t.name != "projectedToken" {
			due = append(due, "sole:"+t.name)
		}
	}
	for _, s := range extraSoles {
		if float64(g.soles[s]) < need {
			due = append(due, "sole:"+s)
		}
	}
	for _, w := range wants {
		if w.name == "seccompFromField" && oracle.Minor < 19 {
			continue // there is no such field
		}
		if float64(g.muts[w.name]) < need {
			due = append(due, "mutate:"+w.name)
		}
	}
	invalid := invalidShare
	if isOld() {
		invalid = oldInvalid
	}
	if float64(g.invalid) < invalid*float64(g.i) {
		due = append(due, "invalid")
	}
	if float64(g.updates) < updateShare*float64(g.i) {
		due = append(due, "update", "update")
	}
	if len(due) > 0 && r.p(0.68) {
		kind = pickOf(r, due)
	} else if isOld() && r.p(0.3) {
		kind = "changed"
	} else {
		kind = r.pick("random", "random", "odd", "near", "near", "near", "near", "near", "near", "near", "rbac", "prefer", "quirk")
	}
	switch {
	case kind == "sole:authorization":
		return g.unauthorized(), soleIs("authorization"), kind
	case kind == "sole:noProvider":
		return g.noProvider(), soleIs("noProvider"), kind
	case kind == "sole:updateMutation":
		return g.update(true), soleIs("updateMutation"), kind
	case strings.HasPrefix(kind, "sole:"):
		name := strings.TrimPrefix(kind, "sole:")
		maker := name
		if name == "volumes" && r.p(0.35) {
			maker = "projectedToken"
		}
		return g.sole(maker), soleIs(name), kind
	case strings.HasPrefix(kind, "mutate:"):
		name := strings.TrimPrefix(kind, "mutate:")
		return g.mutate(name), func(res *oracle.Result) bool { return res.Allowed && has(res.Mutations, name) }, kind
	case kind == "invalid":
		return g.spoil(), nil, kind
	case kind == "update":
		return g.update(false), nil, kind
	case kind == "random":
		return g.random(r.Intn(5)), nil, kind
	case kind == "odd":
		return g.random(4 + r.Intn(8)), nil, kind
	case kind == "near":
		d, base := g.near()
		if d == nil {
			return nil, nil, kind
		}
		return d, func(res *oracle.Result) bool {
			same := res.Allowed == base.Allowed && oracle.Same(res, base)
			return !same || r.p(0.1)
		}, kind
	case kind == "changed":
		return g.changed(), nil, kind
	case kind == "rbac":
		return g.rbacCase(), nil, kind
	case kind == "quirk":
		return g.quirk(), nil, kind
	}
	return g.prefer(), nil, kind
}

func soleIs(name string) func(*oracle.Result) bool {
	return func(res *oracle.Result) bool { return oracle.SoleReason(res) == name }
}
