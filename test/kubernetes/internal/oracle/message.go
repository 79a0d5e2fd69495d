package oracle

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

// setMessage keeps the plugin's text. The plugin walks over a Go map, so the
// order of the policies in it is random: it is put into the order in which the
// policies are tried, if the text is otherwise the same.
func (r *Result) setMessage(err error, groups []string) {
	r.Message = err.Error()
	const marker = ": [" // before v1.19 the words before it are others
	i := strings.Index(r.Message, marker)
	if i < 0 || !strings.HasSuffix(r.Message, "]") || len(groups) < 2 {
		return
	}
	head, body := r.Message[:i+len(marker)], strings.TrimSuffix(r.Message[i+len(marker):], "]")
	if permutation(body, groups) {
		r.Message = head + strings.Join(groups, " ") + "]"
	} else {
		r.MessageOrder = "random"
	}
}

func permutation(body string, groups []string) bool {
	if len(groups) == 0 {
		return body == ""
	}
	for i, g := range groups {
		if !strings.HasPrefix(body, g) {
			continue
		}
		rest := body[len(g):]
		if len(groups) > 1 {
			if !strings.HasPrefix(rest, " ") {
				continue
			}
			rest = rest[1:]
		}
		others := append(append([]string{}, groups[:i]...), groups[i+1:]...)
		if permutation(rest, others) {
			return true
		}
	}
	return false
}

func show(s *string) string {
	if s == nil {
		return "none"
	}
	return fmt.Sprintf("%q", *s)
}

func convertErrors(errs field.ErrorList) []FieldError {
	out := []FieldError{}
	for _, e := range errs {
		out = append(out, FieldError{Type: string(e.Type), Field: e.Field, BadValue: badValue(e), Detail: e.Detail})
	}
	return out
}

// badValue is the value as printed in the error's text, without the quotes of a plain string.
func badValue(e *field.Error) *string {
	switch e.Type {
	case field.ErrorTypeRequired, field.ErrorTypeForbidden, field.ErrorTypeTooLong, field.ErrorTypeInternal:
		return nil
	}
	value := e.BadValue
	t := reflect.TypeOf(value)
	if value == nil || t == nil {
		value = "null"
	} else if t.Kind() == reflect.Ptr {
		if rv := reflect.ValueOf(value); rv.IsNil() {
			value = "null"
		} else {
			value = rv.Elem().Interface()
		}
	}
	var s string
	switch v := value.(type) {
	case int64, int32, float64, float32, bool:
		s = fmt.Sprintf("%v", v)
	case string:
		s = v
	case fmt.Stringer:
		s = v.String()
	default:
		if rv := reflect.ValueOf(value); rv.Kind() == reflect.String {
			s = rv.String()
		} else {
			s = fmt.Sprintf("%#v", value)
			if strings.Contains(s, "(0x") {
				return nil // the text holds addresses in memory
			}
		}
	}
	return &s
}

// sorted puts the errors of core validation, which walks over maps, in a fixed order.
func sorted(errs []FieldError) []FieldError {
	sort.SliceStable(errs, func(i, j int) bool {
		if errs[i].Field != errs[j].Field {
			return errs[i].Field < errs[j].Field
		}
		return errs[i].Detail < errs[j].Detail
	})
	return errs
}
