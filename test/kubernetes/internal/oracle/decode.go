package oracle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	v1 "k8s.io/api/core/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/policy"
	pspregistry "k8s.io/kubernetes/pkg/registry/policy/podsecuritypolicy"

	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

// jsonSerializer is the API server's own JSON serializer.
var jsonSerializer = func() runtime.Serializer {
	info, ok := runtime.SerializerInfoForMediaType(legacyscheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	if !ok {
		panic("no JSON serializer")
	}
	return info.Serializer
}()

// decode decodes, defaults and converts to the internal version, as the API server's handlers do.
func decode(data []byte, gvk schema.GroupVersionKind, into runtime.Object) error {
	if len(bytes.TrimSpace(data)) == 0 || bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		return fmt.Errorf("%s is missing", gvk.Kind)
	}
	hub := schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal}
	obj, got, err := legacyscheme.Codecs.DecoderToVersion(jsonSerializer, hub).Decode(data, &gvk, into)
	if err != nil {
		return err
	}
	if got.Group != gvk.Group || got.Kind != gvk.Kind {
		return fmt.Errorf("expected %s, got %s", gvk, got)
	}
	if obj != into {
		return fmt.Errorf("expected %s, decoded %T", gvk, obj)
	}
	return nil
}

// DecodePod decodes and defaults a v1 Pod as the API server would, without any later step.
func DecodePod(data []byte) (*api.Pod, error) {
	pod := &api.Pod{}
	if err := decode(data, podGVK, pod); err != nil {
		return nil, fmt.Errorf("pod: %w", err)
	}
	return pod, nil
}

// PodToV1 converts to the external version.
func PodToV1(pod *api.Pod) (*v1.Pod, error) {
	out := &v1.Pod{}
	if err := legacyscheme.Scheme.Convert(pod, out, nil); err != nil {
		return nil, err
	}
	out.APIVersion, out.Kind = "v1", "Pod"
	return out, nil
}

// podTree converts to v1 JSON as a tree, without status and null fields.
func podTree(pod *api.Pod) (interface{}, error) {
	if pod == nil {
		return nil, nil
	}
	out, err := PodToV1(pod)
	if err != nil {
		return nil, err
	}
	tree, err := toTree(out)
	if err != nil {
		return nil, err
	}
	m := tree.(map[string]interface{})
	delete(m, "status")
	dropNulls(m)
	return m, nil
}

// dropNulls drops null fields: the only ones are empty creation times.
func dropNulls(tree interface{}) {
	switch t := tree.(type) {
	case map[string]interface{}:
		for k, v := range t {
			if v == nil {
				delete(t, k)
			} else {
				dropNulls(v)
			}
		}
	case []interface{}:
		for _, v := range t {
			dropNulls(v)
		}
	}
}

func toTree(v interface{}) (interface{}, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return ParseTree(data)
}

// ParseTree parses JSON and keeps numbers as written.
func ParseTree(data []byte) (interface{}, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var tree interface{}
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	return tree, nil
}

// DecodePolicy takes a policy through the steps of the API server's create handler.
func DecodePolicy(data []byte) (*policyv1beta1.PodSecurityPolicy, field.ErrorList, error) {
	internal := &policy.PodSecurityPolicy{}
	if err := decode(data, pspGVK, internal); err != nil {
		return nil, nil, fmt.Errorf("policy: %w", err)
	}
	pspregistry.Strategy.PrepareForCreate(context.TODO(), internal)
	errs := pspregistry.Strategy.Validate(context.TODO(), internal)
	out := &policyv1beta1.PodSecurityPolicy{}
	if err := legacyscheme.Scheme.Convert(internal, out, nil); err != nil {
		return nil, nil, fmt.Errorf("policy: %w", err)
	}
	return out, errs, nil
}
