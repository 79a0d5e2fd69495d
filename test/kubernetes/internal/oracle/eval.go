package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	v1 "k8s.io/api/core/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/capabilities"
	psp "k8s.io/kubernetes/pkg/security/podsecuritypolicy"

	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

func init() {
	// As with kube-apiserver --allow-privileged=true.
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})
	silence()
}

// Options changes what Evaluate reports.
type Options struct {
	ValidatePods bool
	Stages       bool
}

var (
	podGVK  = v1.SchemeGroupVersion.WithKind("Pod")
	podGVR  = v1.SchemeGroupVersion.WithResource("pods")
	pspGVK  = policyv1beta1.SchemeGroupVersion.WithKind("PodSecurityPolicy")
	factory = psp.NewSimpleStrategyFactory()
)

func setGates(gates map[string]bool) (restore func(), err error) {
	if len(gates) == 0 {
		return func() {}, nil
	}
	// On a copy first: only this tells in every release which gates there are.
	if err := utilfeature.DefaultMutableFeatureGate.DeepCopy().SetFromMap(gates); err != nil {
		return nil, err
	}
	before := map[string]bool{}
	for name := range gates {
		before[name] = utilfeature.DefaultFeatureGate.Enabled(featuregate.Feature(name))
	}
	if err := utilfeature.DefaultMutableFeatureGate.SetFromMap(gates); err != nil {
		return nil, err
	}
	return func() { _ = utilfeature.DefaultMutableFeatureGate.SetFromMap(before) }, nil
}

// EvaluateLine runs one line and never panics.
func EvaluateLine(line []byte, opts Options) (res *Result) {
	c := Case{}
	if err := json.Unmarshal(line, &c); err != nil {
		// The name may still be readable.
		var n struct {
			Name interface{} `json:"name"`
		}
		_ = json.Unmarshal(line, &n)
		name, _ := n.Name.(string)
		return &Result{Name: name, Error: err.Error()}
	}
	return Evaluate(&c, opts)
}

// Evaluate runs one case and never panics.
func Evaluate(c *Case, opts Options) (res *Result) {
	defer func() {
		if r := recover(); r != nil {
			res = &Result{Name: c.Name, Error: fmt.Sprintf("panic: %v", r)}
		}
	}()
	res, err := evaluate(c, opts)
	if err != nil {
		return &Result{Name: c.Name, Error: err.Error()}
	}
	return res
}

func evaluate(c *Case, opts Options) (*Result, error) {
	if c.Release != "" && c.Release != Release() {
		return nil, fmt.Errorf("the case is one of %s, and this is %s", c.Release, Release())
	}
	restore, err := setGates(c.FeatureGates)
	if err != nil {
		return nil, err
	}
	defer restore()

	op := admission.Operation(c.Operation)
	if op != admission.Create && op != admission.Update {
		return nil, fmt.Errorf("operation must be CREATE or UPDATE, got %q", c.Operation)
	}
	if c.Namespace == "" {
		return nil, errors.New("namespace is missing")
	}
	if op == admission.Update && len(c.OldPod) == 0 {
		return nil, errors.New("oldPod is missing for UPDATE")
	}
	res := &Result{Name: c.Name, Policies: []PolicyResult{}, PolicyValidation: []PolicyValidation{}}
	ctx := genericapirequest.WithNamespace(context.Background(), c.Namespace)

	// Policies, as stored by the API server.
	var policies []*policyv1beta1.PodSecurityPolicy
	seen := map[string]bool{}
	for _, data := range c.Policies {
		p, errs, err := DecodePolicy(data)
		if err != nil {
			return nil, err
		}
		if seen[p.Name] {
			return nil, fmt.Errorf("two policies are named %q", p.Name)
		}
		seen[p.Name] = true
		policies = append(policies, p)
		res.PolicyValidation = append(res.PolicyValidation, PolicyValidation{Name: p.Name, Errors: sorted(convertErrors(errs))})
		if len(errs) > 0 {
			res.InvalidPolicies = true
		}
	}
	authz, rbacErrs, err := NewAuthorizer(c.RBAC)
	if err != nil {
		return nil, err
	}
	if len(rbacErrs) > 0 {
		res.RBACErrors = convertErrors(rbacErrs)
	}
	plugin, err := NewPlugin(policies, authz)
	if err != nil {
		return nil, err
	}
	u := &user.DefaultInfo{Name: c.User.Username, Groups: c.User.Groups}

	// The pod, as decoded and defaulted by the request handler.
	if res.submitted, err = ParseTree(c.Pod); err != nil {
		return nil, fmt.Errorf("pod: %w", err)
	}
	pod, err := decodeNamespaced(c.Pod, c.Namespace)
	if err != nil {
		return nil, err
	}
	var old *api.Pod
	if op == admission.Update {
		if old, err = decodeNamespaced(c.OldPod, c.Namespace); err != nil {
			return nil, fmt.Errorf("oldPod: %w", err)
		}
		if pod.ResourceVersion == "" {
			pod.ResourceVersion = old.ResourceVersion
		}
	}
	if res.defaulted, err = podTree(pod); err != nil {
		return nil, err
	}

	// What the API server would make of the pod without the plugin.
	plain := pod.DeepCopy()
	podErrs := prepare(ctx, op, plain, old)
	if res.DefaultedPod, err = podTree(plain); err != nil {
		return nil, err
	}
	if opts.ValidatePods {
		list := sorted(convertErrors(podErrs))
		res.PodErrors = &list
	}

	// The table of policies: on create the plugin decides in its mutating
	// phase, on update only in its validating phase.
	input := pod
	if op == admission.Update {
		input = plain
	}
	table, groups, err := evaluatePolicies(ctx, policies, authz, u, c.Namespace, input, op)
	if err != nil {
		return nil, err
	}
	res.Policies = table

	// The request itself: mutating admission, preparation, validating admission.
	attrs := NewAttributes(pod, old, c.Namespace, op, u)
	before := pod.DeepCopy()
	if err := plugin.Admit(ctx, attrs, nil); err != nil {
		res.Phase = "admit"
		res.setMessage(err, groups)
		res.selfCheck(table, op, before)
		return res, nil
	}
	if name, ok := attrs.annotations[auditPrefix+"admit-policy"]; ok {
		res.Policy = &name
		res.Mutations = Mutations(before, pod)
	}
	if res.admitted, err = podTree(pod); err != nil {
		return nil, err
	}
	if opts.Stages {
		res.Stages = &Stages{Defaulted: res.defaulted, Admitted: res.admitted}
	}
	stored := pod.DeepCopy()
	storedErrs := prepare(ctx, op, stored, old)
	if opts.ValidatePods && len(podErrs) == 0 && len(storedErrs) > 0 {
		res.MutatedPodErrors = sorted(convertErrors(storedErrs))
	}
	valAttrs := NewAttributes(stored, old, c.Namespace, op, u)
	if err := plugin.Validate(ctx, valAttrs, nil); err != nil {
		res.Phase = "validate"
		if op == admission.Update {
			res.setMessage(err, groups)
		} else {
			// The policies are tried again on the prepared pod.
			_, again, err2 := evaluatePolicies(ctx, policies, authz, u, c.Namespace, stored, admission.Update)
			if err2 != nil {
				return nil, err2
			}
			res.setMessage(err, again)
			res.Policy = nil
			res.Mutations = nil
		}
		res.selfCheck(table, op, input)
		return res, nil
	}
	res.Allowed = true
	name, decided := valAttrs.annotations[auditPrefix+"validate-policy"]
	switch {
	case op == admission.Update && decided:
		res.Policy = &name
	case op == admission.Update:
		res.Ignored = true
	case res.Policy == nil || *res.Policy != name:
		res.ValidatePolicy = &name
	}
	if res.stored, err = podTree(stored); err != nil {
		return nil, err
	}
	res.Pod = res.stored
	res.selfCheck(table, op, input)
	return res, nil
}

// selfCheck derives the decision from the table of policies and compares it with the plugin's.
func (r *Result) selfCheck(table []PolicyResult, op admission.Operation, pod *api.Pod) {
	if r.Ignored || (r.Phase == "validate" && op == admission.Create) {
		return
	}
	var want *string
	for i := range table {
		p := &table[i]
		if p.ProviderError != "" || !p.Allowed || !(p.AuthorizedFor.ServiceAccount || p.AuthorizedFor.User) {
			continue
		}
		if !p.Mutates {
			want = &p.Name
			break
		}
		if op == admission.Create && want == nil {
			want = &p.Name
		}
	}
	if !reflect.DeepEqual(want, r.Policy) {
		r.SelfCheck = fmt.Sprintf("the table of policies says %s, the plugin says %s", show(want), show(r.Policy))
	}
}
