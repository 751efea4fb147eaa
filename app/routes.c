/* routes.c - THE MAP: every address, what answers it, who may ask. Start here. */
#include "routes.h"

#include "api/api.h"
#include "core/data_api.h"
#include "core/leaving.h"
#include "pages/pages.h"
#include "site/factor.h"
#include "site/half.h"
#include "site/key.h"
#include "site/organization.h"

/* clang-format off */
const struct route routes[] = {
	/* For programs. */
	{ GET,  "/verify",                  verify,                 PROGRAM, .mode = DB_NONE, .says = "may this caller be let through?" },
	{ POST, "/verify",                  verify,                 PROGRAM, .mode = DB_NONE, .says = "the same, asked by POST" },
	{ POST, "/auth",                    auth,                   PROGRAM, .mode = DB_NONE, .says = "a client ID and secret for a token" },
	{ GET,  "/.well-known/jwks.json",   jwks,                   PROGRAM, .mode = DB_NONE, .says = "the public keys of the tokens of production" },
	{ GET,  "/integration/.well-known/jwks.json", jwks, PROGRAM, .mode = DB_NONE, .says = "and of integration" },
	{ GET,  "/health/live",             health_live,            PROGRAM, .mode = DB_NONE, .says = "does a worker answer?" },
	{ GET,  "/health/ready",            health_ready,           PROGRAM, .mode = DB_NONE, .says = "and the database?" },
	{ GET,  "/metrics",                 metrics,                PROGRAM, .mode = DB_NONE, .says = "what was counted, for Prometheus" },

	/* For people. */
	{ GET,  "/",                        overview,               SIGNED_IN,       .says = "what needs attention" },
	{ GET,  "/credentials",             credentials,            CREDENTIALS_SEE, .says = "account API keys and scoped credentials" },
	{ POST, "/credentials",             credential_new_save,    ADMIN,           .proof = PROOF_LATELY, .says = "create one, show its secret once" },
	{ GET,  "/credentials/new",         credential_new,         ADMIN,           .says = "the form for it" },
	{ GET,  "/credentials/scoped/new",  scoped_new,             CREDENTIALS_CHANGE, .says = "the form for a scoped credential" },
	{ POST, "/credentials/scoped/new",  scoped_new_save,        CREDENTIALS_CHANGE, .proof = PROOF_LATELY, .says = "create one, show its secret once" },
	{ POST, "/credentials/scoped/find", scoped_new_find,        CREDENTIALS_CHANGE, .says = "look for workspaces and people in its form" },
	{ GET,  "/credentials/:id/edit",    scoped_edit,            CREDENTIALS_CHANGE, .object = SCOPED, .says = "the form of what it may do" },
	{ POST, "/credentials/:id/edit",    scoped_edit_save,       CREDENTIALS_CHANGE, .object = SCOPED, .proof = PROOF_LATELY, .says = "save it; the secret stays" },
	{ POST, "/credentials/:id/find",    scoped_edit_find,       CREDENTIALS_CHANGE, .object = SCOPED, .says = "look for workspaces and people in its form" },
	{ GET,  "/credentials/:id",         credential,             CREDENTIALS_SEE, .object = CLIENT, .says = "one key" },
	{ POST, "/credentials/:id/stored",  credential_stored,      CREDENTIALS_CHANGE, .object = CLIENT, .says = "its secret is stored" },
	{ GET,  "/credentials/:id/reset",   credential_reset,       CREDENTIALS_CHANGE, .object = CLIENT, .says = "what a reset would stop" },
	{ POST, "/credentials/:id/reset",   credential_reset_save,  CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "a new secret, the old one ends" },
	{ GET,  "/credentials/:id/rotate",  credential_rotate,      CREDENTIALS_CHANGE, .object = CLIENT, .says = "the form for an overlap" },
	{ POST, "/credentials/:id/rotate",  credential_rotate_save, CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "a new secret beside the old one" },
	{ GET,  "/credentials/:id/finish",  credential_finish,      CREDENTIALS_CHANGE, .object = CLIENT, .says = "who still uses the old one" },
	{ POST, "/credentials/:id/finish",  credential_finish_save, CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "the old one ends now" },
	{ GET,  "/credentials/:id/cancel",  credential_cancel,      CREDENTIALS_CHANGE, .object = CLIENT, .says = "who uses the new one already" },
	{ POST, "/credentials/:id/cancel",  credential_cancel_save, CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "the new one ends now, the old one stays" },
	{ GET,  "/credentials/:id/delete",  credential_delete,      CREDENTIALS_CHANGE, .object = CLIENT, .says = "what deleting would stop" },
	{ POST, "/credentials/:id/delete",  credential_delete_save, CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "delete for good" },
	{ GET,  "/credentials/:id/deactivate", credential_deactivate, CREDENTIALS_CHANGE, .object = CLIENT, .says = "what a pause would stop" },
	{ POST, "/credentials/:id/deactivate", credential_deactivate_save, CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "refuse its secrets until it is active again" },
	{ GET,  "/credentials/:id/activate", credential_activate,   CREDENTIALS_CHANGE, .object = CLIENT, .says = "what would work again" },
	{ POST, "/credentials/:id/activate", credential_activate_save, CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "let it work again" },
	{ GET,  "/secrets",                 secrets,                USER,            .says = "the additional secrets, one's own or all" },
	{ GET,  "/secrets/:id",             secret,                 USER,            .object = SECRET, .says = "one of them" },
	{ POST, "/secrets/:id/stored",      credential_stored,      USER,            .object = SECRET, .says = "its text is stored" },
	{ GET,  "/secrets/:id/open",        credential_open,        USER,            .object = SECRET, .says = "what opening one's own does" },
	{ POST, "/secrets/:id/open",        credential_open_save,   USER,            .object = SECRET, .proof = PROOF_LATELY, .says = "make its text, show it once" },
	{ GET,  "/secrets/:id/reset",       credential_reset,       USER,            .object = SECRET, .says = "what a reset would stop" },
	{ POST, "/secrets/:id/reset",       credential_reset_save,  USER,            .object = SECRET, .proof = PROOF_LATELY, .says = "a new text, the old one ends" },
	{ GET,  "/secrets/:id/rotate",      credential_rotate,      USER,            .object = SECRET, .says = "the form for an overlap" },
	{ POST, "/secrets/:id/rotate",      credential_rotate_save, USER,            .object = SECRET, .proof = PROOF_LATELY, .says = "a new text beside the old one" },
	{ GET,  "/secrets/:id/finish",      credential_finish,      USER,            .object = SECRET, .says = "who still uses the old one" },
	{ POST, "/secrets/:id/finish",      credential_finish_save, USER,            .object = SECRET, .proof = PROOF_LATELY, .says = "the old one ends now" },
	{ GET,  "/secrets/:id/cancel",      credential_cancel,      USER,            .object = SECRET, .says = "who uses the new one already" },
	{ POST, "/secrets/:id/cancel",      credential_cancel_save, USER,            .object = SECRET, .proof = PROOF_LATELY, .says = "the new one ends now, the old one stays" },
	{ GET,  "/secrets/:id/revoke",      secret_revoke,          USER,            .object = SECRET, .says = "what revoking would stop" },
	{ POST, "/secrets/:id/revoke",      secret_revoke_save,     USER,            .object = SECRET, .proof = PROOF_LATELY, .says = "end it for good" },
	{ GET,  "/data-api",                data_api,               DATA_API,        .object = DATA, .before = data_opened, .says = "the Data API: its key, and who has access" },
	{ GET,  "/data-api/key",            data_key,               DATA_API,        .object = DATA, .says = "the form for a key where none works" },
	{ POST, "/data-api/key",            data_key_save,          DATA_API,        .object = DATA, .proof = PROOF_LATELY, .says = "generate it, show it once" },
	{ GET,  "/data-api/access",         data_access,            ADMIN,           .says = "whom to give access" },
	{ POST, "/data-api/access",         data_access_save,       ADMIN,           .proof = PROOF_LATELY, .says = "give it to those who are picked" },
	{ GET,  "/data-api/access/:id",     data_access_take,       ADMIN,           .object = PERSON, .says = "what taking it away does" },
	{ POST, "/data-api/access/:id",     data_access_take_save,  ADMIN,           .object = PERSON, .proof = PROOF_LATELY, .says = "take it away" },
	{ POST, "/data-api/stored",         credential_stored,      DATA_API,        .object = DATA, .says = "the key is stored" },
	{ GET,  "/data-api/reset",          credential_reset,       DATA_API,        .object = DATA, .says = "what replacing the key at once would stop" },
	{ POST, "/data-api/reset",          credential_reset_save,  DATA_API,        .object = DATA, .proof = PROOF_LATELY, .says = "a new key, the old one ends" },
	{ GET,  "/data-api/rotate",         credential_rotate,      DATA_API,        .object = DATA, .says = "the form for an overlap" },
	{ POST, "/data-api/rotate",         credential_rotate_save, DATA_API,        .object = DATA, .proof = PROOF_LATELY, .says = "a new key beside the old one" },
	{ GET,  "/data-api/finish",         credential_finish,      DATA_API,        .object = DATA, .says = "who still uses the old one" },
	{ POST, "/data-api/finish",         credential_finish_save, DATA_API,        .object = DATA, .proof = PROOF_LATELY, .says = "the old one ends now" },
	{ GET,  "/data-api/cancel",         credential_cancel,      DATA_API,        .object = DATA, .says = "who uses the new one already" },
	{ POST, "/data-api/cancel",         credential_cancel_save, DATA_API,        .object = DATA, .proof = PROOF_LATELY, .says = "the new one ends now, the old one stays" },
	{ GET,  "/secrets/new",             secret_new,             USER,            .says = "the form for an additional secret" },
	{ POST, "/secrets",                 secret_new_save,        USER,            .proof = PROOF_LATELY, .says = "make it: shown once, or waiting for its owner" },
	{ POST, "/secrets/find",            secret_new_find,        USER,            .says = "look for people in its form" },
	{ GET,  "/secrets/:id/edit",        secret_edit,            USER,            .object = SECRET, .says = "the form of what it may do" },
	{ POST, "/secrets/:id/edit",        secret_edit_save,       USER,            .object = SECRET, .proof = PROOF_LATELY, .says = "save it; the text stays" },
	{ GET,  "/team",                    team,                   CREDENTIALS_SEE, .says = "the people of the organization" },
	{ GET,  "/team/:id",                team_person,            CREDENTIALS_SEE, .object = PERSON, .says = "one person: what they own, may reach and have seen" },
	{ GET,  "/team/:id/role",           team_role,              ADMIN,           .object = PERSON, .says = "the form for another role" },
	{ POST, "/team/:id/role",           team_role_save,         ADMIN,           .object = PERSON, .proof = PROOF_LATELY, .stubborn = true, .says = "give it, end their sessions" },
	{ GET,  "/team/:id/deactivate",     team_deactivate,        ADMIN,           .object = PERSON, .says = "what ends with somebody, and what goes on" },
	{ POST, "/team/:id/deactivate",     team_deactivate_save,   ADMIN,           .object = PERSON, .proof = PROOF_LATELY, .stubborn = true, .after = user_sweep, .says = "let them go" },
	{ GET,  "/team/:id/reactivate",     team_reactivate,        ADMIN,           .object = PERSON, .says = "what comes back with them" },
	{ POST, "/team/:id/reactivate",     team_reactivate_save,   ADMIN,           .object = PERSON, .proof = PROOF_LATELY, .before = team_reactivate_sweep, .says = "let them back in" },
	{ GET,  "/team/:id/seen",           person_seen,            ADMIN,           .object = PERSON, .says = "everything that one person was shown" },
	{ GET,  "/team/:id/receipt",        person_receipt,         CREDENTIALS_SEE, .object = PERSON, .says = "what ended with their departure, asked anew" },
	{ GET,  "/team/:id/receipt.json",   person_receipt_json,    CREDENTIALS_SEE, .object = PERSON, .says = "the same for programs" },
	{ GET,  "/search",                  search,                 CREDENTIALS_SEE, .says = "what begins with some words" },
	{ POST, "/search",                  search_save,            CREDENTIALS_SEE, .says = "to what was typed or pasted" },
	{ GET,  "/audit",                   audit_log,              SIGNED_IN,       .says = "the audit log; of members, their own acts" },
	{ POST, "/audit",                   audit_log_find,         SIGNED_IN,       .says = "to what was chosen, typed or pasted" },
	{ POST, "/audit/export",            audit_log_export,       SIGNED_IN,       .says = "all that is asked for, as a file" },
	{ GET,  "/accounts",                accounts,               CREDENTIALS_SEE, .says = "the accounts" },
	{ POST, "/accounts",                account_new_save,       ADMIN,           .says = "create one" },
	{ GET,  "/accounts/new",            account_new,            ADMIN,           .says = "the form for it" },
	{ GET,  "/accounts/:id",            account,                CREDENTIALS_SEE, .object = ACCOUNT, .says = "one account and its workspaces" },
	{ GET,  "/accounts/:id/edit",       account_edit,           ADMIN,           .object = ACCOUNT, .says = "the form for another name" },
	{ POST, "/accounts/:id/edit",       account_edit_save,      ADMIN,           .object = ACCOUNT, .says = "save it" },
	{ GET,  "/accounts/:id/archive",    account_archive,        ADMIN,           .object = ACCOUNT, .says = "what archiving would stop" },
	{ POST, "/accounts/:id/archive",    account_archive_save,   ADMIN,           .object = ACCOUNT, .proof = PROOF_LATELY, .says = "out of every scope" },
	{ GET,  "/accounts/:id/restore",    account_restore,        ADMIN,           .object = ACCOUNT, .says = "who would reach it again" },
	{ POST, "/accounts/:id/restore",    account_restore_save,   ADMIN,           .object = ACCOUNT, .proof = PROOF_LATELY, .says = "in every scope that it was in" },
	{ GET,  "/accounts/:id/workspaces/new", workspace_new,          ADMIN,           .object = ACCOUNT, .says = "the form for a workspace" },
	{ POST, "/accounts/:id/workspaces", workspace_new_save,     ADMIN,           .object = ACCOUNT, .says = "create it" },
	{ GET,  "/workspaces/:id",          workspace,              CREDENTIALS_SEE, .object = WORKSPACE, .says = "one workspace, and who reaches it" },
	{ GET,  "/workspaces/:id/edit",     account_edit,           ADMIN,           .object = WORKSPACE, .says = "the form for another name" },
	{ POST, "/workspaces/:id/edit",     account_edit_save,      ADMIN,           .object = WORKSPACE, .says = "save it" },
	{ GET,  "/workspaces/:id/archive",  account_archive,        ADMIN,           .object = WORKSPACE, .says = "what archiving would stop" },
	{ POST, "/workspaces/:id/archive",  account_archive_save,   ADMIN,           .object = WORKSPACE, .proof = PROOF_LATELY, .says = "out of every scope" },
	{ GET,  "/workspaces/:id/restore",  account_restore,        ADMIN,           .object = WORKSPACE, .says = "who would reach it again" },
	{ POST, "/workspaces/:id/restore",  account_restore_save,   ADMIN,           .object = WORKSPACE, .proof = PROOF_LATELY, .says = "in every scope that it was in" },
	{ GET,  "/credentials/:id/compromised", credential_compromised, CREDENTIALS_CHANGE, .object = CLIENT, .says = "what ends, and what follows" },
	{ POST, "/credentials/:id/compromised", credential_compromised_save, CREDENTIALS_CHANGE, .object = CLIENT, .proof = PROOF_LATELY, .says = "it ends now, the next one, what must be updated" },
	{ GET,  "/credentials/:id/places",  credential_places,      CREDENTIALS_SEE, .object = CLIENT, .says = "where it is used: declared and seen" },
	{ GET,  "/credentials/:id/places/new", place_new,           CREDENTIALS_CHANGE, .object = CLIENT, .says = "the form for a place" },
	{ POST, "/credentials/:id/places",  place_add,              CREDENTIALS_CHANGE, .object = CLIENT, .says = "declare a place" },
	{ GET,  "/places/:id",              place,                  CREDENTIALS_CHANGE, .object = PLACE, .says = "one declared place" },
	{ POST, "/places/:id",              place_save,             CREDENTIALS_CHANGE, .object = PLACE, .says = "save it" },
	{ POST, "/places/:id/remove",       place_remove,           CREDENTIALS_CHANGE, .object = PLACE, .says = "remove it" },
	{ GET,  "/credentials/:id/replacement", replacement,        CREDENTIALS_SEE, .object = CLIENT, .says = "what must be updated after a compromise" },
	{ POST, "/credentials/:id/replacement", replacement_save,   CREDENTIALS_CHANGE, .object = CLIENT, .says = "close it" },
	{ GET,  "/replacement-items/:id",   replacement_item,       CREDENTIALS_CHANGE, .object = REPLACEMENT_ITEM, .says = "one of what must be updated" },
	{ POST, "/replacement-items/:id",   replacement_item_save,  CREDENTIALS_CHANGE, .object = REPLACEMENT_ITEM, .says = "tick it off by hand" },
	{ POST, "/replacement-items/:id/untick", replacement_item_untick, CREDENTIALS_CHANGE, .object = REPLACEMENT_ITEM, .says = "take that back" },
	{ GET,  "/apis",                    apis,                   CATALOGUE_SEE,   .says = "the catalogue" },
	{ POST, "/apis",                    api_new_save,           OPERATOR,        .proof = PROOF_LATELY, .says = "add an API" },
	{ GET,  "/apis/new",                api_new,                OPERATOR,        .says = "the form for it" },
	{ GET,  "/apis/:id",                api_detail,             CATALOGUE_SEE,   .object = API, .says = "one API" },
	{ GET,  "/apis/:id/edit",           api_edit,               OPERATOR,        .object = API, .says = "the form for it" },
	{ POST, "/apis/:id/edit",           api_edit_save,          OPERATOR,        .object = API, .proof = PROOF_LATELY, .says = "save it" },
	{ GET,  "/apis/:id/delete",         api_delete,             OPERATOR,        .object = API, .says = "who holds it" },
	{ POST, "/apis/:id/delete",         api_delete_save,        OPERATOR,        .object = API, .proof = PROOF_LATELY, .says = "take it out of the catalogue" },
	{ GET,  "/credentials/:id/open",    credential_open,        ADMIN,           .object = CLIENT, .says = "what opening its secret does" },
	{ POST, "/credentials/:id/open",    credential_open_save,   ADMIN,           .object = CLIENT, .proof = PROOF_LATELY, .says = "make the secret, show it once" },
	{ GET,  "/apis/:id/ask",            api_ask,                CREDENTIALS_SEE, .object = API, .says = "the form to ask the operator for it" },
	{ POST, "/apis/:id/ask",            api_ask_save,           CREDENTIALS_SEE, .object = API, .says = "ask for it" },
	{ GET,  "/organizations",           organizations,          OPERATOR,        .says = "all organizations" },
	{ POST, "/organizations",           organization_new_save,  OPERATOR,        .proof = PROOF_LATELY, .says = "found one, show its first admin's link once" },
	{ GET,  "/organizations/new",       organization_new,       OPERATOR,        .says = "the form for it" },
	{ GET,  "/organizations/:id",       organization,           OPERATOR,        .object = ORGANIZATION, .says = "one of them" },
	{ POST, "/organizations/:id/entitle", organization_entitle_save, OPERATOR,   .object = ORGANIZATION, .says = "it may use an API" },
	{ POST, "/organizations/:id/decline", organization_decline, OPERATOR,        .object = ORGANIZATION, .says = "it may not, though it asked" },
	{ GET,  "/organizations/:id/withdraw", organization_withdraw_form, OPERATOR, .object = ORGANIZATION, .says = "who would lose an API" },
	{ POST, "/organizations/:id/withdraw", organization_withdraw_save, OPERATOR, .object = ORGANIZATION, .proof = PROOF_LATELY, .says = "it may not use it any more" },
	{ GET,  "/organizations/:id/invite", organization_invite_form, OPERATOR,     .object = ORGANIZATION, .says = "the form for its first admin" },
	{ POST, "/organizations/:id/invite", organization_invite_save, OPERATOR,     .object = ORGANIZATION, .proof = PROOF_LATELY, .says = "a new link, shown once" },
	{ POST, "/organizations/:id/uninvite", organization_uninvite, OPERATOR,      .object = ORGANIZATION, .says = "the link ends" },
	{ GET,  "/organizations/:id/close", organization_close_form, OPERATOR,       .object = ORGANIZATION, .says = "what closing would stop" },
	{ POST, "/organizations/:id/close", organization_close_save, OPERATOR,       .object = ORGANIZATION, .proof = PROOF_LATELY, .says = "close it" },
	{ POST, "/organizations/:id/reopen", organization_reopen_save, OPERATOR,     .object = ORGANIZATION, .proof = PROOF_LATELY, .says = "open it again" },
	{ GET,  "/settings",                settings,               CREDENTIALS_SEE, .says = "what holds for the organization" },
	{ POST, "/settings",                settings_save,          ADMIN,           .proof = PROOF_LATELY, .says = "save what it chooses" },
	{ GET,  "/settings/members",        settings_members,       ADMIN,           .says = "what members may give themselves" },
	{ POST, "/settings/members",        settings_members_save,  ADMIN,           .proof = PROOF_LATELY, .says = "save it" },
	{ GET,  "/profile",                 profile,                SIGNED_IN,       .says = "one's own name and sessions" },
	{ POST, "/profile",                 profile_save,           SIGNED_IN,       .says = "save the name" },
	{ GET,  "/profile/password",        profile_password,       SIGNED_IN,       .says = "the form for another password" },
	{ POST, "/profile/password",        profile_password_save,  SIGNED_IN,       .proof = PROOF_NOW, .before = profile_password_hash, .says = "change it, end all other sessions" },
	{ POST, "/profile/sessions/:id/end", profile_session_end,   SIGNED_IN,       .object = SESSION, .says = "end one session" },
	{ POST, "/profile/sign-out-others", profile_sign_out_others, SIGNED_IN,      .says = "end all but this one" },
	{ POST, "/profile/sign-out-everywhere", profile_sign_out_everywhere, SIGNED_IN, .says = "end all of them" },
	{ POST, "/profile/organizations/:id/enter", profile_enter,   SIGNED_IN,       .object = ORGANIZATION, .factorless = true, .says = "go on in another organization" },
	{ GET,  "/profile/factor",          factor,                 SIGNED_IN,       .factorless = true, .says = "one's second factor" },
	{ POST, "/profile/factor",          factor_new,             SIGNED_IN,       .proof = PROOF_LATELY, .factorless = true, .says = "a new seed, shown once" },
	{ POST, "/profile/factor/confirm",  factor_confirm_save,    SIGNED_IN,       .before = factor_count, .factorless = true, .says = "turn it on with its first code" },
	{ POST, "/profile/factor/stored",   factor_stored,          SIGNED_IN,       .factorless = true, .says = "the recovery codes are stored" },
	{ GET,  "/profile/factor/codes",    factor_codes,           SIGNED_IN,       .says = "the form for new recovery codes" },
	{ POST, "/profile/factor/codes",    factor_codes_save,      SIGNED_IN,       .proof = PROOF_NOW, .before = factor_count, .says = "make them, show them once" },
	{ GET,  "/profile/factor/off",      factor_off,             SIGNED_IN,       .says = "the form to turn it off" },
	{ POST, "/profile/factor/off",      factor_off_save,        SIGNED_IN,       .proof = PROOF_NOW, .before = factor_count, .says = "turn it off" },
	{ GET,  "/team/:id/reset-factor",   factor_reset,           ADMIN,           .object = PERSON, .says = "what turning somebody's second factor off does" },
	{ POST, "/team/:id/reset-factor",   factor_reset_save,      ADMIN,           .object = PERSON, .proof = PROOF_LATELY, .says = "turn it off for who has lost it" },
	{ GET,  "/sign-in/code",            sign_in_code,           ANYONE,          .says = "the form for the code of the second factor" },
	{ POST, "/sign-in/code",            sign_in_code_save,      ANYONE,          .before = half_count, .says = "a session" },
	{ GET,  "/sign-in",                 sign_in,                ANYONE,          .says = "the form" },
	{ POST, "/sign-in",                 sign_in_save,           ANYONE,          .before = sign_in_count, .says = "a session" },
	{ POST, "/sign-out",                sign_out,               SIGNED_IN,       .factorless = true,       .says = "the session ends" },
	{ POST, "/environment",             environment_save,       SIGNED_IN,       .says = "production or integration" },
	{ GET,  "/invite/:token",           invite,                 ANYONE,          .says = "an invitation" },
	{ POST, "/invite/:token",           invite_save,            ANYONE,          .before = invite_count, .says = "join, and a session" },
	{ GET,  "/setup/:token",            setup,                  ANYONE,          .says = "the first set-up" },
	{ POST, "/setup/:token",            setup_save,             ANYONE,          .says = "operator, organization, admin" },
};
/* clang-format on */

const size_t routes_n = sizeof routes / sizeof routes[0];

const struct page *const pages[] = {
	&message_page,
	&overview_page,
	&credentials_page,
	&search_page,
	&team_page,
	&team_person_page,
	&team_role_page,
	&team_deactivate_page,
	&team_reactivate_page,
	&audit_log_page,
	&person_seen_page,
	&person_receipt_page,
	&credential_new_page,
	&credential_page,
	&secrets_page,
	&secret_page,
	&credential_reset_page,
	&credential_rotate_page,
	&credential_finish_page,
	&credential_cancel_page,
	&credential_delete_page,
	&credential_compromised_page,
	&credential_places_page,
	&place_page,
	&replacement_page,
	&replacement_item_page,
	&credential_deactivate_page,
	&credential_activate_page,
	&secret_revoke_page,
	&scoped_new_page,
	&scoped_edit_page,
	&secret_new_page,
	&secret_edit_page,
	&credential_reveal_page,
	&credential_made_page,
	&accounts_page,
	&account_page,
	&workspace_page,
	&account_new_page,
	&account_edit_page,
	&account_archive_page,
	&apis_page,
	&api_detail_page,
	&api_edit_page,
	&api_delete_page,
	&credential_open_page,
	&api_ask_page,
	&organizations_page,
	&organization_new_page,
	&organization_page,
	&organization_invite_page,
	&organization_withdraw_page,
	&organization_close_page,
	&invitation_link_page,
	&invite_page,
	&data_api_page,
	&data_key_page,
	&data_access_page,
	&data_access_take_page,
	&settings_page,
	&settings_members_page,
	&profile_page,
	&profile_password_page,
	&factor_page,
	&factor_confirm_page,
	&factor_reveal_page,
	&factor_codes_page,
	&factor_off_page,
	&factor_reset_page,
	&sign_in_code_page,
	&setup_page,
	&sign_in_page,
};

const size_t pages_n = sizeof pages / sizeof pages[0];

str
access_words(enum access may)
{
	switch (may) {
	case ANYONE:
		return S("anyone");
	case SIGNED_IN:
		return S("signed in");
	case USER:
		return S("of an organization");
	case DATA_API:
		return S("admin, Data API list");
	case CREDENTIALS_SEE:
		return S("admin, compliance admin");
	case CREDENTIALS_CHANGE:
		return S("admin, compliance*");
	case ADMIN:
		return S("admin");
	case OPERATOR:
		return S("operator");
	case CATALOGUE_SEE:
		return S("operator, admin, compliance admin");
	case PROGRAM:
		return S("program");
	case NOBODY:
		break;
	}
	return S("nobody");
}

void
routes_print(struct buf *out)
{
	for (size_t i = 0; i < routes_n; i++)
		buf_fmt(out, "%-4s  %-26s  %-24.*s  %s\n", routes[i].method == GET ? "GET" : "POST",
		    routes[i].pattern, STR(access_words(routes[i].may)), routes[i].says);
}
