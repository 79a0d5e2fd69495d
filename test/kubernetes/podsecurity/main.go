// Command psa-reference answers what the Pod Security Standards say about pods: with the policy
// package of k8s.io/pod-security-admission itself.
//
// Each line of standard input is {"pod": a pod, "level": …, "version": …}; each line of standard
// output is {"allowed", "reason", "detail", "message"} of the line before it: the reasons, the reasons
// with their details, and what the API server's admission plugin says if it enforces the level.
// It is a module of its own, as Kubernetes v1.24 pins other versions of its libraries.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type question struct {
	Pod     corev1.Pod `json:"pod"`
	Level   string     `json:"level"`
	Version string     `json:"version"`
}

type answer struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"`
	Detail  string `json:"detail"`
	Message string `json:"message"`
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("psa-reference: ")
	if err := run(os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(in io.Reader, out io.Writer) error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bufio.NewReader(in))
	writer := bufio.NewWriter(out)
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	for number := 1; ; number++ {
		var q question
		if err := decoder.Decode(&q); err == io.EOF {
			return writer.Flush()
		} else if err != nil {
			return fmt.Errorf("question %d: %w", number, err)
		}
		a, err := judge(evaluator, &q)
		if err != nil {
			return fmt.Errorf("question %d: %w", number, err)
		}
		if err := encoder.Encode(a); err != nil {
			return err
		}
	}
}

func judge(evaluator policy.Evaluator, q *question) (*answer, error) {
	level, err := api.ParseLevel(q.Level)
	if err != nil {
		return nil, fmt.Errorf("level: %w", err)
	}
	version, err := api.ParseVersion(q.Version)
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	at := api.LevelVersion{Level: level, Version: version}
	results := evaluator.EvaluatePod(at, &q.Pod.ObjectMeta, &q.Pod.Spec)
	result := policy.AggregateCheckResults(results)
	a := &answer{Allowed: result.Allowed, Reason: result.ForbiddenReason(), Detail: result.ForbiddenDetail()}
	if !result.Allowed {
		// As EvaluatePod of admission/admission.go words it.
		a.Message = fmt.Sprintf("violates PodSecurity %q: %s", at.String(), a.Detail)
	}
	return a, nil
}
