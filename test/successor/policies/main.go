// Command cel-reference judges pods by MutatingAdmissionPolicies and ValidatingAdmissionPolicies: with the
// API server's own code of Kubernetes v1.37, and without a server. README.md of the folder above has the
// form of its input and output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/capabilities"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("cel-reference: ")
	// What a server would log, such as a message that is too long, is no answer.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	capabilities.Setup(true, 0) // as --allow-privileged does
	if err := run(os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(in io.Reader, out io.Writer) error {
	decoder := json.NewDecoder(bufio.NewReaderSize(in, 1<<20))
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	var set *policySet
	for number := 1; ; number++ {
		var c testCase
		if err := decoder.Decode(&c); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("case %d: %w", number, err)
		}
		if c.Objects != nil || set == nil {
			var err error
			if set, err = readPolicies(c.Objects, c.Stored); err != nil {
				return fmt.Errorf("case %d: %w", number, err)
			}
		}
		if err := encoder.Encode(judge(set, &c)); err != nil {
			return err
		}
	}
}
