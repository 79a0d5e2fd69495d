package oracle

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	policyv1beta1 "k8s.io/api/policy/v1beta1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/registry/rest"
	api "k8s.io/kubernetes/pkg/apis/core"
	podregistry "k8s.io/kubernetes/pkg/registry/core/pod"
	psp "k8s.io/kubernetes/pkg/security/podsecuritypolicy"
	psputil "k8s.io/kubernetes/pkg/security/podsecuritypolicy/util"

	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

func decodeNamespaced(data []byte, namespace string) (*api.Pod, error) {
	pod, err := DecodePod(data)
	if err != nil {
		return nil, err
	}
	// As rest.EnsureObjectNamespaceMatchesRequestNamespace, which old releases have under other names.
	if pod.Namespace == "" {
		pod.Namespace = namespace
	}
	if pod.Namespace != namespace {
		return nil, errors.New("pod: the namespace of the provided object does not match the namespace sent on the request")
	}
	return pod, nil
}

// prepare takes a pod through the registry's strategy and returns what validation says of it.
func prepare(ctx context.Context, op admission.Operation, pod, old *api.Pod) field.ErrorList {
	if op == admission.Update {
		old = old.DeepCopy()
		err := rest.BeforeUpdate(podregistry.Strategy, ctx, pod, old)
		if err == nil {
			return nil
		}
		var errs field.ErrorList
		if status, ok := err.(apierrors.APIStatus); ok && status.Status().Details != nil {
			for _, cause := range status.Status().Details.Causes {
				errs = append(errs, &field.Error{Type: field.ErrorType(cause.Type), Field: cause.Field, Detail: cause.Message, BadValue: ""})
			}
		}
		if len(errs) == 0 {
			errs = field.ErrorList{field.InternalError(nil, err)}
		}
		return errs
	}
	// As rest.BeforeCreate, without the fields that get a random or timed value.
	pod.DeletionTimestamp = nil
	pod.DeletionGracePeriodSeconds = nil
	podregistry.Strategy.PrepareForCreate(ctx, pod)
	named := pod
	if pod.Name == "" && pod.GenerateName != "" {
		named = pod.DeepCopy()
		named.Name = pod.GenerateName + "x1y2z"
	}
	return podregistry.Strategy.Validate(ctx, named)
}

// evaluatePolicies tries every policy on the pod in the plugin's order. It
// also returns the error texts, policy by policy, of a denial.
func evaluatePolicies(ctx context.Context, policies []*policyv1beta1.PodSecurityPolicy, authz authorizer.Authorizer, u user.Info, namespace string, pod *api.Pod, op admission.Operation) ([]PolicyResult, []string, error) {
	hint := ""
	if op == admission.Update {
		hint = pod.Annotations[psputil.ValidatedPSPAnnotation]
	}
	ordered := append([]*policyv1beta1.PodSecurityPolicy{}, policies...)
	sort.SliceStable(ordered, func(i, j int) bool {
		a, b := ordered[i].Name, ordered[j].Name
		if (a == hint) != (b == hint) {
			return a == hint
		}
		return a < b
	})
	var sa user.Info
	if pod.Spec.ServiceAccountName != "" {
		// As UserInfo, which is in another package in old releases.
		sa = &user.DefaultInfo{Name: serviceaccount.MakeUsername(namespace, pod.Spec.ServiceAccountName), Groups: serviceaccount.MakeGroupNames(namespace)}
	}
	results := []PolicyResult{}
	var groups []string
	for _, p := range ordered {
		r := PolicyResult{Name: p.Name, Errors: []FieldError{}}
		r.AuthorizedFor.ServiceAccount = authorized(ctx, authz, sa, namespace, p.Name)
		r.AuthorizedFor.User = authorized(ctx, authz, u, namespace, p.Name)
		provider, err := psp.NewSimpleProvider(p, namespace, factory)
		if err != nil {
			r.ProviderError = err.Error()
			results = append(results, r)
			continue
		}
		try := pod.DeepCopy()
		var errs field.ErrorList
		if err := provider.MutatePod(try); err != nil {
			errs = append(errs, field.Invalid(field.NewPath(""), pod, err.Error()))
		}
		errs = append(errs, provider.ValidatePod(try)...)
		r.Mutates = !apiequality.Semantic.DeepEqual(pod, try)
		r.Allowed = len(errs) == 0
		r.Errors = convertErrors(errs)
		results = append(results, r)
		if len(errs) > 0 && (r.AuthorizedFor.ServiceAccount || r.AuthorizedFor.User) {
			text := fmt.Sprintf("%v", errs)
			groups = append(groups, strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
		}
	}
	return results, groups, nil
}
