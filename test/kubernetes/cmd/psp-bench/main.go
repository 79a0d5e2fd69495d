// Command psp-bench measures how fast the unmodified plugin works, in one thread.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	policyv1beta1 "k8s.io/api/policy/v1beta1"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	api "k8s.io/kubernetes/pkg/apis/core"
	psp "k8s.io/kubernetes/pkg/security/podsecuritypolicy"

	"kubectl-psp/reference/internal/oracle"
)

type input struct {
	Namespace string          `json:"namespace"`
	Pod       json.RawMessage `json:"pod"`
}

// work is the whole input of a run, for other implementations to time.
type work struct {
	Pods     int               `json:"pods"`
	User     oracle.UserInfo   `json:"user"`
	RBAC     oracle.RBAC       `json:"rbac"`
	Policies []json.RawMessage `json:"policies"`
	Distinct []input           `json:"distinctPods"`
}

type report struct {
	Pods             int     `json:"pods"`
	Policies         int     `json:"policies"`
	DistinctPods     int     `json:"distinctPods"`
	DecisionsPerS    float64 `json:"decisions_per_s"`
	EvaluationsPerS  float64 `json:"evaluations_per_s"`
	WallS            float64 `json:"wall_s"`
	Decisions        int     `json:"decisions"`
	DecisionsWallS   float64 `json:"decisions_wall_s"`
	DecisionsCPUS    float64 `json:"decisions_cpu_s"`
	Allowed          int     `json:"allowed"`
	Evaluations      int     `json:"evaluations"`
	EvaluationsWallS float64 `json:"evaluations_wall_s"`
	EvaluationsCPUS  float64 `json:"evaluations_cpu_s"`
	Passed           int     `json:"passed"`
	PeakRSSMiB       float64 `json:"peak_rss_mib"`
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	pods := flag.Int("pods", 1000, "how many pods to decide on; the pods of the cases are cycled through")
	count := flag.Int("policies", 20, "how many policies there are; the policies of the cases are cycled through")
	cases := flag.String("cases", "", "the file of cases")
	dump := flag.String("dump", "", "write the exact input to this file, as JSON")
	flag.Parse()
	runtime.GOMAXPROCS(1)

	w, err := load(*cases, *pods, *count)
	if err != nil {
		fail(err)
	}
	if *dump != "" {
		data, err := json.Marshal(w)
		if err == nil {
			err = os.WriteFile(*dump, append(data, '\n'), 0o644)
		}
		if err != nil {
			fail(err)
		}
	}

	// Decode before the clock starts.
	var policies []*policyv1beta1.PodSecurityPolicy
	for _, data := range w.Policies {
		p, _, err := oracle.DecodePolicy(data)
		if err != nil {
			fail(err)
		}
		policies = append(policies, p)
	}
	var decoded []*api.Pod
	for _, in := range w.Distinct {
		p, err := oracle.DecodePod(in.Pod)
		if err != nil {
			fail(err)
		}
		p.Namespace = in.Namespace
		decoded = append(decoded, p)
	}
	authz, _, err := oracle.NewAuthorizer(w.RBAC)
	if err != nil {
		fail(err)
	}
	plugin, err := oracle.NewPlugin(policies, authz)
	if err != nil {
		fail(err)
	}
	u := &user.DefaultInfo{Name: w.User.Username, Groups: w.User.Groups}
	rep := report{Pods: *pods, Policies: len(policies), DistinctPods: len(decoded)}
	runtime.GC()

	// Whole decisions.
	start, cpu := time.Now(), cpuTime()
	for i := 0; i < *pods; i++ {
		pod := decoded[i%len(decoded)].DeepCopy()
		attrs := oracle.NewAttributes(pod, nil, pod.Namespace, admission.Create, u)
		if plugin.Admit(context.Background(), attrs, nil) == nil {
			rep.Allowed++
		}
		rep.Decisions++
	}
	rep.DecisionsWallS, rep.DecisionsCPUS = time.Since(start).Seconds(), cpuTime()-cpu

	// Every policy on every pod.
	var providers []psp.Provider
	for _, p := range policies {
		provider, err := psp.NewSimpleProvider(p, "bench", psp.NewSimpleStrategyFactory())
		if err != nil {
			fail(err)
		}
		providers = append(providers, provider)
	}
	start, cpu = time.Now(), cpuTime()
	for i := 0; i < *pods; i++ {
		for _, provider := range providers {
			pod := decoded[i%len(decoded)].DeepCopy()
			err := provider.MutatePod(pod)
			if errs := provider.ValidatePod(pod); err == nil && len(errs) == 0 {
				rep.Passed++
			}
			rep.Evaluations++
		}
	}
	rep.EvaluationsWallS, rep.EvaluationsCPUS = time.Since(start).Seconds(), cpuTime()-cpu

	rep.DecisionsPerS = float64(rep.Decisions) / rep.DecisionsWallS
	rep.EvaluationsPerS = float64(rep.Evaluations) / rep.EvaluationsWallS
	rep.WallS = rep.DecisionsWallS + rep.EvaluationsWallS
	rep.PeakRSSMiB = peakRSS()
	if err := json.NewEncoder(os.Stdout).Encode(rep); err != nil {
		fail(err)
	}
}

// load takes the usable policies and the created pods of the cases, in the order of the file.
func load(path string, pods, count int) (*work, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w := &work{Pods: pods, User: oracle.UserInfo{Username: "system:serviceaccount:kube-system:replicaset-controller", Groups: []string{"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"}}}
	w.RBAC.ClusterRoles = []json.RawMessage{json.RawMessage(`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"use-all"},"rules":[{"apiGroups":["policy"],"resources":["podsecuritypolicies"],"verbs":["use"]}]}`)}
	w.RBAC.ClusterRoleBindings = []json.RawMessage{json.RawMessage(`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"use-all"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"use-all"},"subjects":[{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"system:serviceaccounts"}]}`)}
	w.RBAC.Roles, w.RBAC.RoleBindings = []json.RawMessage{}, []json.RawMessage{}
	var found []map[string]interface{}
	in := bufio.NewReaderSize(f, 1<<20)
	for len(w.Distinct) < pods || len(found) < count {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var c oracle.Case
			if err := json.Unmarshal(line, &c); err != nil {
				return nil, err
			}
			for _, data := range c.Policies {
				p, errs, err := oracle.DecodePolicy(data)
				if len(found) == count || err != nil || len(errs) > 0 {
					continue
				}
				if _, err := psp.NewSimpleProvider(p, "bench", psp.NewSimpleStrategyFactory()); err != nil {
					continue
				}
				var tree map[string]interface{}
				if err := json.Unmarshal(data, &tree); err != nil {
					return nil, err
				}
				if spec, ok := tree["spec"].(map[string]interface{}); ok {
					delete(spec, "allowedProcMountTypes") // it depends on a feature gate
				}
				found = append(found, tree)
			}
			if c.Operation == "CREATE" && len(w.Distinct) < pods {
				var tree map[string]interface{}
				if err := json.Unmarshal(c.Pod, &tree); err != nil {
					return nil, err
				}
				spec := tree["spec"].(map[string]interface{})
				if spec["serviceAccountName"] == nil && spec["serviceAccount"] == nil {
					spec["serviceAccountName"] = "default"
				}
				data, err := json.Marshal(tree)
				if err != nil {
					return nil, err
				}
				w.Distinct = append(w.Distinct, input{Namespace: c.Namespace, Pod: data})
			}
		}
		if err != nil {
			break
		}
	}
	if len(found) == 0 || len(w.Distinct) == 0 {
		return nil, fmt.Errorf("%s: no policies or no pods", path)
	}
	for i := 0; i < count; i++ {
		tree := map[string]interface{}{}
		for k, v := range found[i%len(found)] {
			tree[k] = v
		}
		meta := map[string]interface{}{}
		for k, v := range tree["metadata"].(map[string]interface{}) {
			meta[k] = v
		}
		meta["name"] = fmt.Sprintf("bench-%05d", i)
		tree["metadata"] = meta
		data, err := json.Marshal(tree)
		if err != nil {
			return nil, err
		}
		w.Policies = append(w.Policies, data)
	}
	return w, nil
}

// cpuTime is the processor time that the process has used, in seconds.
func cpuTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	s := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return s(u.Utime) + s(u.Stime)
}

// peakRSS reads the process's largest resident set, in MiB.
func peakRSS() float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range bytes.Split(data, []byte("\n")) {
		var kb float64
		if n, _ := fmt.Sscanf(string(line), "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}
