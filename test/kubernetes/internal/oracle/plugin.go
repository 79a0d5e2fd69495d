package oracle

import (
	"context"
	"fmt"

	policyv1beta1 "k8s.io/api/policy/v1beta1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/informers"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/extensions"
	"k8s.io/kubernetes/pkg/apis/policy"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
	rbacregistryvalidation "k8s.io/kubernetes/pkg/registry/rbac/validation"
	pspplugin "k8s.io/kubernetes/plugin/pkg/admission/security/podsecuritypolicy"
	rbacauthorizer "k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"

	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

const auditPrefix = "podsecuritypolicy.policy.k8s.io/"

// NewAuthorizer builds the RBAC authorizer over the case's objects.
func NewAuthorizer(r RBAC) (authorizer.Authorizer, field.ErrorList, error) {
	var (
		errs                field.ErrorList
		clusterRoles        []*rbacv1.ClusterRole
		roles               []*rbacv1.Role
		clusterRoleBindings []*rbacv1.ClusterRoleBinding
		roleBindings        []*rbacv1.RoleBinding
	)
	gvk := func(kind string) schema.GroupVersionKind { return rbacv1.SchemeGroupVersion.WithKind(kind) }
	for _, data := range r.ClusterRoles {
		in, out := &rbac.ClusterRole{}, &rbacv1.ClusterRole{}
		if err := decode(data, gvk("ClusterRole"), in); err != nil {
			return nil, nil, fmt.Errorf("clusterRole: %w", err)
		}
		errs = append(errs, rbacvalidation.ValidateClusterRole(in)...)
		if err := legacyscheme.Scheme.Convert(in, out, nil); err != nil {
			return nil, nil, err
		}
		clusterRoles = append(clusterRoles, out)
	}
	for _, data := range r.Roles {
		in, out := &rbac.Role{}, &rbacv1.Role{}
		if err := decode(data, gvk("Role"), in); err != nil {
			return nil, nil, fmt.Errorf("role: %w", err)
		}
		errs = append(errs, rbacvalidation.ValidateRole(in)...)
		if err := legacyscheme.Scheme.Convert(in, out, nil); err != nil {
			return nil, nil, err
		}
		roles = append(roles, out)
	}
	for _, data := range r.ClusterRoleBindings {
		in, out := &rbac.ClusterRoleBinding{}, &rbacv1.ClusterRoleBinding{}
		if err := decode(data, gvk("ClusterRoleBinding"), in); err != nil {
			return nil, nil, fmt.Errorf("clusterRoleBinding: %w", err)
		}
		errs = append(errs, rbacvalidation.ValidateClusterRoleBinding(in)...)
		if err := legacyscheme.Scheme.Convert(in, out, nil); err != nil {
			return nil, nil, err
		}
		clusterRoleBindings = append(clusterRoleBindings, out)
	}
	for _, data := range r.RoleBindings {
		in, out := &rbac.RoleBinding{}, &rbacv1.RoleBinding{}
		if err := decode(data, gvk("RoleBinding"), in); err != nil {
			return nil, nil, fmt.Errorf("roleBinding: %w", err)
		}
		errs = append(errs, rbacvalidation.ValidateRoleBinding(in)...)
		if err := legacyscheme.Scheme.Convert(in, out, nil); err != nil {
			return nil, nil, err
		}
		roleBindings = append(roleBindings, out)
	}
	_, static := rbacregistryvalidation.NewTestRuleResolver(roles, roleBindings, clusterRoles, clusterRoleBindings)
	return rbacauthorizer.New(static, static, static, static), errs, nil
}

// Plugin is the admission plugin with its two phases.
type Plugin interface {
	admission.MutationInterface
	admission.ValidationInterface
}

type initializer struct {
	authz   authorizer.Authorizer
	factory informers.SharedInformerFactory
}

func (i initializer) Initialize(plugin admission.Interface) {
	p := plugin.(*pspplugin.Plugin)
	p.SetAuthorizer(i.authz)
	p.SetExternalKubeInformerFactory(i.factory)
}

// NewPlugin builds the admission plugin over the given policies.
func NewPlugin(policies []*policyv1beta1.PodSecurityPolicy, authz authorizer.Authorizer) (Plugin, error) {
	f := informers.NewSharedInformerFactory(nil, 0)
	store := f.Policy().V1beta1().PodSecurityPolicies().Informer().GetStore()
	for _, p := range policies {
		if err := store.Add(p); err != nil {
			return nil, err
		}
	}
	plugins := admission.NewPlugins()
	pspplugin.Register(plugins)
	p, err := plugins.InitPlugin(pspplugin.PluginName, nil, initializer{authz: authz, factory: f})
	if err != nil {
		return nil, err
	}
	return p.(*pspplugin.Plugin), nil
}

type auditAttributes struct {
	admission.Attributes
	annotations map[string]string
}

func (a *auditAttributes) AddAnnotation(key, value string) error {
	a.annotations[key] = value
	return nil
}

// NewAttributes builds the admission attributes of a pod request.
func NewAttributes(pod, old *api.Pod, namespace string, op admission.Operation, u user.Info) *auditAttributes {
	var oldObj runtime.Object
	var options runtime.Object = &metav1.CreateOptions{}
	if old != nil {
		oldObj = old
		options = &metav1.UpdateOptions{}
	}
	return &auditAttributes{
		Attributes:  admission.NewAttributesRecord(pod, oldObj, podGVK, namespace, pod.Name, podGVR, "", op, options, false, u),
		annotations: map[string]string{},
	}
}

// authorized asks the authorizer as the plugin does, in both API groups.
func authorized(ctx context.Context, authz authorizer.Authorizer, info user.Info, namespace, name string) bool {
	if info == nil {
		return false
	}
	for _, group := range []string{policy.GroupName, extensions.GroupName} {
		decision, _, _ := authorize(ctx, authz, authorizer.AttributesRecord{
			User:            info,
			Verb:            "use",
			Namespace:       namespace,
			Name:            name,
			APIGroup:        group,
			APIVersion:      "*",
			Resource:        "podsecuritypolicies",
			ResourceRequest: true,
		})
		if decision == authorizer.DecisionAllow {
			return true
		}
	}
	return false
}
