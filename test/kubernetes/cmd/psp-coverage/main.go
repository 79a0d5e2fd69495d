// Command psp-coverage runs cases and prints what they cover, as Markdown tables.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"kubectl-psp/reference/internal/oracle"
)

type counts map[string]int

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	soles, parts, muts, sizes, kinds, rules := counts{}, counts{}, counts{}, counts{}, counts{}, counts{}
	var n, allowed, updates, ignored, invalid, mutated, failed, mutatedInvalid, both, derived, gates int
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var c oracle.Case
			_ = json.Unmarshal(line, &c)
			res := oracle.EvaluateLine(line, oracle.Options{ValidatePods: true})
			n++
			if res.Error != "" {
				failed++
				continue
			}
			if res.Allowed {
				allowed++
			}
			if c.Operation == "UPDATE" {
				updates++
			}
			if res.Ignored {
				ignored++
			}
			if res.InvalidPolicies {
				invalid++
			}
			if len(res.Mutations) > 0 {
				mutated++
			}
			if len(res.MutatedPodErrors) > 0 {
				mutatedInvalid++
			}
			if c.DerivedFrom != "" {
				derived++
			}
			if len(c.FeatureGates) > 0 {
				gates++
			}
			if s := oracle.SoleReason(res); s != "" {
				soles[s]++
			}
			seen := counts{}
			for _, p := range res.Policies {
				for _, e := range p.Errors {
					seen[oracle.Control(e)] = 1
				}
			}
			for k := range seen {
				parts[k]++
			}
			if len(res.Policies) > 1 && res.Allowed {
				both++
			}
			for _, m := range res.Mutations {
				muts[m]++
			}
			sizes[fmt.Sprintf("%d", len(c.Policies))]++
			tally(&c, kinds, rules)
		}
		if err != nil {
			break
		}
	}
	pct := func(x int) string { return fmt.Sprintf("%d (%.1f%%)", x, 100*float64(x)/float64(n)) }
	fmt.Printf("Cases: %d. Allowed: %s. UPDATE: %s, of which ignored as changes of owners and finalizers only: %d. With invalid policies: %s. Derived from another case: %s. With feature gates: %s. Allowed with a change of the pod: %s. Allowed by the plugin with a pod that core validation refuses after the change: %s. Failed to run: %d.\n\n", n, pct(allowed), pct(updates), ignored, pct(invalid), pct(derived), pct(gates), pct(mutated), pct(mutatedInvalid), failed)
	fmt.Println("| control | sole reason of denial | among the errors of some policy |\n| --- | ---: | ---: |")
	for _, k := range append(append([]string{}, oracle.Controls...), oracle.OtherReasons...) {
		if k == "validatePhase" && soles[k] == 0 {
			continue // no create request is known to fail in the second phase only
		}
		other := pct(parts[k])
		for _, o := range oracle.OtherReasons {
			if k == o {
				other = "-"
			}
		}
		fmt.Printf("| %s | %s | %s |\n", k, pct(soles[k]), other)
		delete(parts, k)
	}
	for _, k := range sorted(parts) {
		fmt.Printf("| %s | | %s |\n", k, pct(parts[k]))
	}
	fmt.Println("\n| mutating path | in the chosen policy |\n| --- | ---: |")
	for _, k := range oracle.MutatingPaths {
		fmt.Printf("| %s | %s |\n", k, pct(muts[k]))
		delete(muts, k)
	}
	for _, k := range sorted(muts) {
		fmt.Printf("| %s | %s |\n", k, pct(muts[k]))
	}
	print := func(title string, c counts) {
		fmt.Printf("\n%s:", title)
		for _, k := range sorted(c) {
			fmt.Printf(" %s %d,", k, c[k])
		}
		fmt.Println()
	}
	print("Policies in a case", sizes)
	print("Volumes in the pods", kinds)
	print("Rules in the policies", rules)
}

func sorted(c counts) []string {
	var out []string
	for k := range c {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func tally(c *oracle.Case, kinds, rules counts) {
	var pod struct {
		Spec struct {
			Volumes []map[string]interface{}
		}
	}
	_ = json.Unmarshal(c.Pod, &pod)
	for _, v := range pod.Spec.Volumes {
		for k := range v {
			if k != "name" {
				kinds[k]++
			}
		}
	}
	for _, p := range c.Policies {
		var psp struct {
			Spec map[string]interface{}
		}
		_ = json.Unmarshal(p, &psp)
		for _, k := range []string{"runAsUser", "runAsGroup", "supplementalGroups", "fsGroup", "seLinux"} {
			if m, ok := psp.Spec[k].(map[string]interface{}); ok {
				if r, ok := m["rule"].(string); ok && (r == "MustRunAs" || r == "MayRunAs" || r == "RunAsAny" || r == "MustRunAsNonRoot") {
					rules[k+"="+r]++
				}
			}
		}
	}
}
