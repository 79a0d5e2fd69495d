package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/client-go/applyconfigurations"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

var (
	podKind      = corev1.SchemeGroupVersion.WithKind("Pod")
	podResource  = corev1.SchemeGroupVersion.WithResource("pods")
	interfaces   = admission.NewObjectInterfacesFromScheme(legacyscheme.Scheme)
	typeOfObject = sync.OnceValue(func() managedfields.TypeConverter {
		return applyconfigurations.NewTypeConverter(legacyscheme.Scheme)
	})
)

// converters gives apply configurations the types of Kubernetes' own objects.
type converters struct{}

func (converters) GetTypeConverter(schema.GroupVersionKind) managedfields.TypeConverter {
	return typeOfObject()
}
func (converters) Run(context.Context) {}

// attributes keep the audit annotations, which the server's own give to nobody.
type attributes struct {
	admission.Attributes
	annotations map[string]string
}

func (a *attributes) AddAnnotation(key, value string) error {
	a.annotations[key] = value
	return nil
}

// warnings are what the response would warn of.
type warnings struct{ texts []string }

func (w *warnings) AddWarning(_, text string) { w.texts = append(w.texts, text) }

// judge sends a case the server's way: mutating policies, the registry, validating policies.
func judge(set *policySet, c *testCase) *answer {
	*set.cost = cost{}
	a := &answer{Name: c.Name}
	for _, e := range set.invalid {
		a.Invalid = append(a.Invalid, shorten(e))
	}
	r, err := newRequest(c)
	if err != nil {
		a.Error = err.Error()
		return a
	}
	a.Phase, err = r.send(set)
	a.Cost = *set.cost
	a.Warnings = r.warnings.texts
	a.AuditAnnotations = r.attributes.annotations
	if a.Pod, _ = r.tree(); err == nil {
		a.Allowed = true
		return a
	}
	a.Message = err.Error()
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		a.Code, a.Reason = status.Status().Code, status.Status().Reason
	}
	return a
}

type request struct {
	registry
	attributes *attributes
	warnings   *warnings
	authorizer *rights
	matcher    *matching.Matcher
}

func newRequest(c *testCase) (*request, error) {
	reg, err := newRegistry(c)
	if err != nil {
		return nil, err
	}
	authorizer, err := readRights(c)
	if err != nil {
		return nil, err
	}
	name := c.User.Name
	if name == "" {
		name = c.User.Username
	}
	who := &user.DefaultInfo{Name: name, UID: c.User.UID, Groups: c.User.Groups, Extra: c.User.Extra}
	var options runtime.Object = &metav1.CreateOptions{}
	if reg.operation == admission.Update {
		options = &metav1.UpdateOptions{}
	}
	var old runtime.Object
	if reg.old != nil {
		old = reg.old
	}
	record := admission.NewAttributesRecord(reg.pod, old, podKind, c.Namespace, reg.pod.Name, podResource,
		c.Subresource, reg.operation, options, false, who)
	return &request{
		*reg, &attributes{record, map[string]string{}}, &warnings{}, authorizer, matcherIn(c),
	}, nil
}

// matcherIn knows the case's namespace.
func matcherIn(c *testCase) *matching.Matcher {
	namespace := &corev1.Namespace{}
	namespace.Name = c.Namespace
	namespace.Labels = map[string]string{corev1.LabelMetadataName: c.Namespace}
	for key, value := range c.NamespaceLabels {
		namespace.Labels[key] = value
	}
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	_ = indexer.Add(namespace)
	return matching.NewMatcher(corelisters.NewNamespaceLister(indexer), nil)
}

// send returns the phase that refused the request, and the error.
func (r *request) send(set *policySet) (string, error) {
	ctx := warning.WithWarningRecorder(r.context(), r.warnings)
	mutator := mutating.NewDispatcher(r.authorizer, r.matcher, converters{})
	mutate := func() error { return mutator.Dispatch(ctx, r.attributes, interfaces, set.mutating) }
	if err := mutate(); err != nil {
		return "mutate", err
	}
	// As Admit of k8s.io/apiserver v0.37.2 pkg/admission/reinvocation.go does.
	if again := r.attributes.GetReinvocationContext(); again.ShouldReinvoke() {
		again.SetIsReinvoke()
		if err := mutate(); err != nil {
			return "mutate", err
		}
	}
	if err := r.prepare(ctx); err != nil {
		return "validation", err
	}
	validator := validating.NewDispatcher(r.authorizer, generic.NewPolicyMatcher(r.matcher))
	if err := validator.Dispatch(ctx, r.attributes, interfaces, set.validating); err != nil {
		return "validate", err
	}
	return "", nil
}

// tree is the pod as the server would write it, without what it sets by itself.
func (r *request) tree() (any, error) {
	pod := &corev1.Pod{}
	if err := legacyscheme.Scheme.Convert(r.pod, pod, nil); err != nil {
		return nil, err
	}
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	data, err := json.Marshal(pod)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var tree map[string]any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	delete(tree, "status")
	metadata, ok := tree["metadata"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a pod has no metadata")
	}
	delete(metadata, "uid")
	delete(metadata, "creationTimestamp")
	delete(metadata, "generation")
	if r.inventedVersion {
		delete(metadata, "resourceVersion")
	}
	if r.generatesName {
		delete(metadata, "name")
	}
	return tree, nil
}
