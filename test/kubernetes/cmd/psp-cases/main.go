// Command psp-cases makes up PodSecurityPolicy cases from a seed, as JSON Lines.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"

	"kubectl-psp/reference/internal/gen"
)

func main() {
	seed := flag.Int64("seed", 1, "the seed: the same seed gives the same cases")
	n := flag.Int("n", 1000, "how many cases to make")
	prefix := flag.String("prefix", "c", "what the names of the cases begin with")
	verbose := flag.Bool("v", false, "tell on stderr how many drafts were discarded and why")
	flag.Parse()

	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	g := gen.New(*seed, *prefix)
	for i := 0; i < *n; i++ {
		c, _ := g.Next()
		if err := enc.Encode(c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if *verbose {
		fmt.Fprintf(os.Stderr, "%d drafts for %d cases\n", g.Tries, *n)
		var why []string
		for k := range g.Discarded {
			why = append(why, k)
		}
		sort.Slice(why, func(i, j int) bool { return g.Discarded[why[i]] > g.Discarded[why[j]] })
		for i, k := range why {
			if i < 60 {
				fmt.Fprintf(os.Stderr, "%6d %s\n", g.Discarded[k], k)
			}
		}
	}
}
