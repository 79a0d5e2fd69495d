package main

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// testCase is a line of input.
type testCase struct {
	Name string `json:"name"`
	// The policies and bindings in force: where they are left out, those of the line before.
	Objects []json.RawMessage `json:"objects"`
	// Whether to say why the server would not store the objects, which takes as long as compiling them.
	Stored bool `json:"stored"`
	// CREATE, unless it says otherwise.
	Operation       string            `json:"operation"`
	Subresource     string            `json:"subresource"`
	Object          json.RawMessage   `json:"object"`
	OldObject       json.RawMessage   `json:"oldObject"`
	Namespace       string            `json:"namespace"`
	NamespaceLabels map[string]string `json:"namespaceLabels"`
	User            userInfo          `json:"user"`
	Grants          []grant           `json:"grants"`
	RBAC            rbacObjects       `json:"rbac"`
}

type userInfo struct {
	Name     string              `json:"name"`
	Username string              `json:"username"` // the same as name
	UID      string              `json:"uid"`
	Groups   []string            `json:"groups"`
	Extra    map[string][]string `json:"extra"`
}

// answer is a line of output.
type answer struct {
	Name    string `json:"name,omitempty"`
	Allowed bool   `json:"allowed"`
	// What refused it: the mutating policies, the server's own validation, or the validating policies.
	Phase   string              `json:"phase,omitempty"`
	Code    int32               `json:"code,omitempty"`
	Reason  metav1.StatusReason `json:"reason,omitempty"`
	Message string              `json:"message,omitempty"`
	// The pod as it would be stored, without status; also where it was refused after it was mutated.
	Pod              any               `json:"pod,omitempty"`
	Warnings         []string          `json:"warnings,omitempty"`
	AuditAnnotations map[string]string `json:"auditAnnotations,omitempty"`
	Cost             cost              `json:"cost"`
	// Why the server would not store one of the policies; the case is judged all the same, if that is possible.
	Invalid []string `json:"invalid,omitempty"`
	// The case could not be run.
	Error string `json:"error,omitempty"`
}

// cost is what was spent in the worst evaluation: each number has a budget of 10,000,000 of its own.
type cost struct {
	Mutation        int64 `json:"mutation"`   // the dearest of all mutations, with the variables that it evaluates
	Validation      int64 `json:"validation"` // the validations and messages of the dearest binding
	AuditAnnotation int64 `json:"auditAnnotation"`
	MatchCondition  int64 `json:"matchCondition"` // this one has a budget of 2,500,000
}
