package main

import (
	"encoding/json"
	"fmt"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/admissionregistration"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	"k8s.io/kubernetes/pkg/apis/admissionregistration/validation"
)

// policySet is what is in force: policies, compiled, with their bindings.
type policySet struct {
	mutating   []mutating.PolicyHook
	validating []validating.PolicyHook
	invalid    []string
	cost       *cost
}

// manifests are the objects of a case by kind.
type manifests struct {
	validating         []*admissionv1.ValidatingAdmissionPolicy
	validatingBindings []*admissionv1.ValidatingAdmissionPolicyBinding
	mutating           []*admissionv1.MutatingAdmissionPolicy
	mutatingBindings   []*admissionv1.MutatingAdmissionPolicyBinding
}

// readPolicies compiles policies. A policy that the case has no binding of is bound to everything, and denies.
func readPolicies(objects []json.RawMessage, stored bool) (*policySet, error) {
	set := &policySet{cost: &cost{}}
	var m manifests
	for i, data := range objects {
		object, err := readPolicy(data, &m)
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", i, err)
		}
		if !stored {
			continue
		}
		errs, err := validate(object)
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", i, err)
		}
		for _, e := range errs {
			set.invalid = append(set.invalid, e.Error())
		}
	}
	for _, policy := range m.validating {
		set.validating = append(set.validating, validating.PolicyHook{
			Policy: policy, Bindings: bindingsOf(policy, m.validatingBindings), Evaluator: compileValidating(policy, set.cost),
		})
	}
	for _, policy := range m.mutating {
		set.mutating = append(set.mutating, mutating.PolicyHook{
			Policy: policy, Bindings: mutatingBindingsOf(policy, m.mutatingBindings), Evaluator: compileMutating(policy, set.cost),
		})
	}
	return set, nil
}

func readPolicy(data []byte, m *manifests) (runtime.Object, error) {
	object, gvk, err := legacyscheme.Codecs.UniversalDeserializer().Decode(data, nil, nil)
	if err != nil {
		return nil, err
	}
	legacyscheme.Scheme.Default(object)
	switch o := object.(type) {
	case *admissionv1.ValidatingAdmissionPolicy:
		m.validating = append(m.validating, o)
	case *admissionv1.ValidatingAdmissionPolicyBinding:
		m.validatingBindings = append(m.validatingBindings, o)
	case *admissionv1.MutatingAdmissionPolicy:
		m.mutating = append(m.mutating, o)
	case *admissionv1.MutatingAdmissionPolicyBinding:
		m.mutatingBindings = append(m.mutatingBindings, o)
	default:
		return nil, fmt.Errorf("%s is no admission policy or binding of %s", gvk, admissionv1.SchemeGroupVersion)
	}
	return object, nil
}

func bindingsOf(policy *admissionv1.ValidatingAdmissionPolicy, all []*admissionv1.ValidatingAdmissionPolicyBinding) []*admissionv1.ValidatingAdmissionPolicyBinding {
	if len(all) == 0 {
		binding := &admissionv1.ValidatingAdmissionPolicyBinding{}
		binding.Name = policy.Name
		binding.Spec.PolicyName = policy.Name
		binding.Spec.ValidationActions = []admissionv1.ValidationAction{admissionv1.Deny}
		return []*admissionv1.ValidatingAdmissionPolicyBinding{binding}
	}
	var its []*admissionv1.ValidatingAdmissionPolicyBinding
	for _, binding := range all {
		if binding.Spec.PolicyName == policy.Name {
			its = append(its, binding)
		}
	}
	return its
}

func mutatingBindingsOf(policy *admissionv1.MutatingAdmissionPolicy, all []*admissionv1.MutatingAdmissionPolicyBinding) []*admissionv1.MutatingAdmissionPolicyBinding {
	if len(all) == 0 {
		binding := &admissionv1.MutatingAdmissionPolicyBinding{}
		binding.Name = policy.Name
		binding.Spec.PolicyName = policy.Name
		return []*admissionv1.MutatingAdmissionPolicyBinding{binding}
	}
	var its []*admissionv1.MutatingAdmissionPolicyBinding
	for _, binding := range all {
		if binding.Spec.PolicyName == policy.Name {
			its = append(its, binding)
		}
	}
	return its
}

// validate says what the server has against an object that is to be stored, its expressions included.
func validate(object runtime.Object) (field.ErrorList, error) {
	hub, err := legacyscheme.Scheme.UnsafeConvertToVersion(object.DeepCopyObject(), admissionregistration.SchemeGroupVersion)
	if err != nil {
		return nil, err
	}
	switch o := hub.(type) {
	case *admissionregistration.ValidatingAdmissionPolicy:
		return validation.ValidateValidatingAdmissionPolicy(o), nil
	case *admissionregistration.ValidatingAdmissionPolicyBinding:
		return validation.ValidateValidatingAdmissionPolicyBinding(o), nil
	case *admissionregistration.MutatingAdmissionPolicy:
		return validation.ValidateMutatingAdmissionPolicy(o), nil
	case *admissionregistration.MutatingAdmissionPolicyBinding:
		return validation.ValidateMutatingAdmissionPolicyBinding(o), nil
	}
	return nil, fmt.Errorf("%T can't be validated", hub)
}

// shorten leaves the beginning of an error about an expression, which repeats the expression.
func shorten(message string) string {
	const most = 2000
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + "..."
}
