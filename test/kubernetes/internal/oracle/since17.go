//go:build !before17

package oracle

import (
	"context"

	"k8s.io/apiserver/pkg/authorization/authorizer"
)

func authorize(ctx context.Context, authz authorizer.Authorizer, a authorizer.Attributes) (authorizer.Decision, string, error) {
	return authz.Authorize(ctx, a)
}
