// Command psp-reference runs PodSecurityPolicy cases through the unmodified
// admission plugin of Kubernetes: JSON Lines in, JSON Lines out.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"kubectl-psp/reference/internal/oracle"
)

func main() {
	validatePods := flag.Bool("validate-pods", false, "add podErrors and mutatedPodErrors, from the core validation of pods")
	stages := flag.Bool("stages", false, "add the pod between the steps of the request")
	compact := flag.Bool("compact", false, "print the short form: patches in place of pods")
	flag.Parse()

	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	opts := oracle.Options{ValidatePods: *validatePods, Stages: *stages}
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			res := oracle.EvaluateLine(line, opts)
			var v interface{} = res
			if *compact {
				v = oracle.Compact(res)
			} else if res.Error != "" {
				v = oracle.ErrorResult{Name: res.Name, Error: res.Error}
			}
			if e := enc.Encode(v); e != nil {
				_ = enc.Encode(oracle.ErrorResult{Name: res.Name, Error: e.Error()})
			}
			if in.Buffered() == 0 {
				_ = out.Flush()
			}
		}
		if err != nil {
			break
		}
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
