package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	rbacregistryvalidation "k8s.io/kubernetes/pkg/registry/rbac/validation"
	rbacauthorizer "k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

// grant lets a user, a group or a service account ("namespace/name") use policies: "*" is any.
type grant struct {
	User           string   `json:"user"`
	Group          string   `json:"group"`
	ServiceAccount string   `json:"serviceAccount"`
	Policies       []string `json:"policies"`
	APIGroup       string   `json:"apiGroup"`  // "policy" if it is empty
	Namespace      string   `json:"namespace"` // all, if it is empty
}

func (g *grant) allows(a authorizer.Attributes) bool {
	apiGroup := g.APIGroup
	if apiGroup == "" {
		apiGroup = "policy"
	}
	return a.GetVerb() == "use" && a.GetResource() == "podsecuritypolicies" && a.GetAPIGroup() == apiGroup &&
		(g.Namespace == "" || g.Namespace == a.GetNamespace()) &&
		(slices.Contains(g.Policies, "*") || slices.Contains(g.Policies, a.GetName())) &&
		g.isFor(a.GetUser())
}

func (g *grant) isFor(u user.Info) bool {
	account := "system:serviceaccount:" + strings.Replace(g.ServiceAccount, "/", ":", 1)
	return g.User != "" && g.User == u.GetName() ||
		g.Group != "" && slices.Contains(u.GetGroups(), g.Group) ||
		g.ServiceAccount != "" && account == u.GetName()
}

// rbacObjects are RBAC objects as manifests.
type rbacObjects struct {
	ClusterRoles        []json.RawMessage `json:"clusterRoles"`
	Roles               []json.RawMessage `json:"roles"`
	ClusterRoleBindings []json.RawMessage `json:"clusterRoleBindings"`
	RoleBindings        []json.RawMessage `json:"roleBindings"`
}

// rights answers by the RBAC authorizer over the case's objects, and by its grants.
type rights struct {
	grants []grant
	rbac   authorizer.UnconditionalAuthorizer
}

func (r *rights) Authorize(ctx context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	for i := range r.grants {
		if r.grants[i].allows(a) {
			return authorizer.DecisionAllow, "", nil
		}
	}
	return r.rbac.Authorize(ctx, a)
}

func readRights(c *testCase) (*rights, error) {
	clusterRoles, err := readAll[rbacv1.ClusterRole](c.RBAC.ClusterRoles, "ClusterRole")
	if err != nil {
		return nil, err
	}
	roles, err := readAll[rbacv1.Role](c.RBAC.Roles, "Role")
	if err != nil {
		return nil, err
	}
	clusterRoleBindings, err := readAll[rbacv1.ClusterRoleBinding](c.RBAC.ClusterRoleBindings, "ClusterRoleBinding")
	if err != nil {
		return nil, err
	}
	roleBindings, err := readAll[rbacv1.RoleBinding](c.RBAC.RoleBindings, "RoleBinding")
	if err != nil {
		return nil, err
	}
	_, static := rbacregistryvalidation.NewTestRuleResolver(roles, roleBindings, clusterRoles, clusterRoleBindings)
	return &rights{c.Grants, rbacauthorizer.New(static, static, static, static)}, nil
}

// readAll reads manifests of one kind of rbac.authorization.k8s.io/v1, with the server's defaults.
func readAll[T any, P interface {
	*T
	runtime.Object
}](manifests []json.RawMessage, kind string) ([]P, error) {
	gvk := rbacv1.SchemeGroupVersion.WithKind(kind)
	var all []P
	for _, manifest := range manifests {
		into := P(new(T))
		if _, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(manifest, &gvk, into); err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		legacyscheme.Scheme.Default(into)
		all = append(all, into)
	}
	return all, nil
}
