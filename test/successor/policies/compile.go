package main

import (
	"context"

	admissionrequest "k8s.io/api/admission/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/admission"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
)

var envSet = environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())

// compileValidating is compilePolicy of k8s.io/apiserver v0.37.2 pkg/admission/plugin/policy/validating/plugin.go,
// which is not exported; what it calls is the server's.
func compileValidating(policy *admissionv1.ValidatingAdmissionPolicy, spent *cost) validating.Validator {
	withParams := policy.Spec.ParamKind != nil
	options := plugincel.OptionalVariableDeclarations{HasParams: withParams, HasAuthorizer: true}
	messageOptions := plugincel.OptionalVariableDeclarations{HasParams: withParams}
	compiler, err := plugincel.NewCompositedCompiler(envSet)
	if err != nil {
		return validating.NewValidator(nil, nil, nil, nil, policy.Spec.FailurePolicy, err)
	}
	compiler.CompileAndStoreVariables(variablesOf(policy.Spec.Variables), options, environment.StoredExpressions)
	compile := func(expressions []plugincel.ExpressionAccessor, options plugincel.OptionalVariableDeclarations) plugincel.ConditionEvaluator {
		return compiler.CompileCondition(expressions, options, environment.StoredExpressions)
	}
	var validations, messages, annotations []plugincel.ExpressionAccessor
	for _, v := range policy.Spec.Validations {
		validations = append(validations, &validating.ValidationCondition{Expression: v.Expression, Message: v.Message, Reason: v.Reason})
		var message plugincel.ExpressionAccessor
		if v.MessageExpression != "" {
			message = &validating.MessageExpressionCondition{MessageExpression: v.MessageExpression}
		}
		messages = append(messages, message)
	}
	for _, a := range policy.Spec.AuditAnnotations {
		annotations = append(annotations, &validating.AuditAnnotationCondition{Key: a.Key, ValueExpression: a.ValueExpression})
	}
	meter := &validationMeter{spent: spent}
	return validating.NewValidator(
		&meteredCondition{compile(validations, options), meter.begin},
		matcherOf(compiler, options, policy.Spec.MatchConditions, policy.Spec.FailurePolicy, policy.Name, spent),
		&meteredCondition{compile(annotations, options), func(used int64) { spent.AuditAnnotation = max(spent.AuditAnnotation, used) }},
		&meteredCondition{compile(messages, messageOptions), meter.end},
		policy.Spec.FailurePolicy,
		nil,
	)
}

// compileMutating is compilePolicy of k8s.io/apiserver v0.37.2 pkg/admission/plugin/policy/mutating/compilation.go.
func compileMutating(policy *admissionv1.MutatingAdmissionPolicy, spent *cost) mutating.PolicyEvaluator {
	options := plugincel.OptionalVariableDeclarations{HasParams: policy.Spec.ParamKind != nil, HasAuthorizer: true}
	compiler, err := plugincel.NewCompositedCompiler(envSet)
	if err != nil {
		return mutating.PolicyEvaluator{Error: err}
	}
	compiler.CompileAndStoreVariables(variablesOf(policy.Spec.Variables), options, environment.StoredExpressions)
	matcher := matcherOf(compiler, options, policy.Spec.MatchConditions, policy.Spec.FailurePolicy, policy.Name, spent)
	withPatches := options
	withPatches.HasPatchTypes = true
	compile := func(expression plugincel.ExpressionAccessor) plugincel.MutatingEvaluator {
		evaluator := compiler.CompileMutatingEvaluator(expression, withPatches, environment.StoredExpressions)
		return &meteredMutation{evaluator, spent}
	}
	var patchers []patch.Patcher
	for _, m := range policy.Spec.Mutations {
		switch {
		case m.PatchType == admissionv1.PatchTypeJSONPatch && m.JSONPatch != nil:
			patchers = append(patchers, patch.NewJSONPatcher(compile(&patch.JSONPatchCondition{Expression: m.JSONPatch.Expression})))
		case m.PatchType == admissionv1.PatchTypeApplyConfiguration && m.ApplyConfiguration != nil:
			patchers = append(patchers, patch.NewApplyConfigurationPatcher(
				compile(&patch.ApplyConfigurationCondition{Expression: m.ApplyConfiguration.Expression})))
		}
	}
	return mutating.PolicyEvaluator{Matcher: matcher, Mutators: patchers, CompositedCompiler: compiler}
}

func variablesOf(variables []admissionv1.Variable) []plugincel.NamedExpressionAccessor {
	var all []plugincel.NamedExpressionAccessor
	for _, v := range variables {
		all = append(all, &validating.Variable{Name: v.Name, Expression: v.Expression})
	}
	return all
}

func matcherOf(compiler *plugincel.CompositedCompiler, options plugincel.OptionalVariableDeclarations,
	conditions []admissionv1.MatchCondition, failurePolicy *admissionv1.FailurePolicyType, name string, spent *cost) matchconditions.Matcher {
	if len(conditions) == 0 {
		return nil
	}
	var all []plugincel.ExpressionAccessor
	for i := range conditions {
		all = append(all, (*matchconditions.MatchCondition)(&conditions[i]))
	}
	compiled := compiler.CompileCondition(all, options, environment.StoredExpressions)
	metered := &meteredCondition{compiled, func(used int64) { spent.MatchCondition = max(spent.MatchCondition, used) }}
	return matchconditions.NewMatcher(metered, failurePolicy, "policy", "validate", name)
}

// validationMeter adds what messages cost to what validations cost: they share a budget.
type validationMeter struct {
	spent *cost
	used  int64
}

func (m *validationMeter) begin(used int64) {
	m.used = used
	m.spent.Validation = max(m.spent.Validation, used)
}

func (m *validationMeter) end(used int64) {
	m.spent.Validation = max(m.spent.Validation, m.used+used)
}

// meteredCondition tells what an evaluation used of its budget. Of one that ran out of it, nothing is left.
type meteredCondition struct {
	plugincel.ConditionEvaluator
	record func(used int64)
}

func (c *meteredCondition) ForInput(ctx context.Context, attributes *admission.VersionedAttributes, request *admissionrequest.AdmissionRequest,
	bindings plugincel.OptionalVariableBindings, namespace *corev1.Namespace, budget int64) ([]plugincel.EvaluationResult, int64, error) {
	results, left, err := c.ConditionEvaluator.ForInput(ctx, attributes, request, bindings, namespace, budget)
	c.record(budget - max(left, 0))
	return results, left, err
}

type meteredMutation struct {
	plugincel.MutatingEvaluator
	spent *cost
}

func (m *meteredMutation) ForInput(ctx context.Context, attributes *admission.VersionedAttributes, request *admissionrequest.AdmissionRequest,
	bindings plugincel.OptionalVariableBindings, namespace *corev1.Namespace, budget int64) (plugincel.EvaluationResult, int64, error) {
	result, left, err := m.MutatingEvaluator.ForInput(ctx, attributes, request, bindings, namespace, budget)
	m.spent.Mutation = max(m.spent.Mutation, budget-max(left, 0))
	return result, left, err
}
