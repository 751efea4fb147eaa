/* pages.h - the names of all pages and of what answers their forms. */
#ifndef PAGES_PAGES_H
#define PAGES_PAGES_H

#include "site/page.h"

extern const struct page search_page;
extern const struct page overview_page, credentials_page, credential_new_page, credential_page,
    credential_reset_page, credential_rotate_page, credential_finish_page, credential_cancel_page,
    credential_delete_page, credential_key_page, credential_limit_page, accounts_page, account_page,
    workspace_page, account_new_page, account_edit_page, account_archive_page, settings_page,
    settings_members_page, profile_page, profile_password_page, setup_page, sign_in_page;
extern const struct page credential_deactivate_page, credential_activate_page, scoped_new_page,
    scoped_edit_page, secret_revoke_page;
extern const struct page secret_new_page, secret_edit_page;
extern const struct page credential_compromised_page, credential_places_page, place_page,
    replacement_page, replacement_item_page;
extern const struct page team_page, team_person_page, team_role_page, team_deactivate_page,
    team_reactivate_page, person_seen_page, person_receipt_page;
extern const struct page team_new_page, team_resend_page, team_withdraw_page, team_reset_link_page,
    forgot_page, new_password_page;
extern const struct page data_api_page, data_key_page, data_access_page, data_access_take_page;
extern const struct page apis_page, api_detail_page, api_edit_page, api_delete_page;
extern const struct page credential_open_page, organizations_page, organization_new_page,
    organization_page, organization_invite_page, organization_entitle_page,
    organization_withdraw_page, organization_close_page, invite_page, api_ask_page;

extern const struct page audit_log_page, decision_page;
extern const struct page secrets_page, secret_page;
extern const struct page factor_page, factor_confirm_page, factor_codes_page, factor_off_page,
    factor_reset_page, sign_in_code_page;

struct reply overview(struct request *);

struct reply secrets(struct request *);
struct reply secret(struct request *);
struct reply data_api(struct request *);
struct reply data_key(struct request *);
struct reply data_key_save(struct request *);
struct reply data_access(struct request *);
struct reply data_access_save(struct request *);
struct reply data_access_find(struct request *);
struct reply data_access_take(struct request *);
struct reply data_access_take_save(struct request *);

struct reply credentials(struct request *);
struct reply credential_new(struct request *);
struct reply credential_new_save(struct request *);
struct reply credential(struct request *);
struct reply credential_stored(struct request *);
struct reply credential_reset(struct request *);
struct reply credential_reset_save(struct request *);
struct reply credential_rotate(struct request *);
struct reply credential_rotate_save(struct request *);
struct reply credential_finish(struct request *);
struct reply credential_finish_save(struct request *);
struct reply credential_cancel(struct request *);
struct reply credential_cancel_save(struct request *);
struct reply credential_key(struct request *);
struct reply credential_key_save(struct request *);
struct reply credential_limit(struct request *);
struct reply credential_limit_save(struct request *);
struct reply credential_delete(struct request *);
struct reply credential_delete_save(struct request *);
struct reply team(struct request *);
struct reply team_person(struct request *);
struct reply team_role(struct request *);
struct reply team_role_save(struct request *);
struct reply team_deactivate(struct request *);
struct reply team_deactivate_save(struct request *);
struct reply team_reactivate(struct request *);
struct reply team_reactivate_save(struct request *);
void team_reactivate_sweep(struct request *);
struct reply person_seen(struct request *);
struct reply person_receipt(struct request *);
struct reply person_receipt_json(struct request *);
struct reply team_new(struct request *);
struct reply team_new_save(struct request *);
struct reply team_resend(struct request *);
struct reply team_resend_save(struct request *);
struct reply team_withdraw(struct request *);
struct reply team_withdraw_save(struct request *);
struct reply team_reset_link(struct request *);
struct reply team_reset_link_save(struct request *);
struct reply secret_revoke(struct request *);
struct reply secret_revoke_save(struct request *);
struct reply credential_compromised(struct request *);
struct reply credential_compromised_save(struct request *);
struct reply credential_deactivate(struct request *);
struct reply credential_deactivate_save(struct request *);
struct reply credential_activate(struct request *);
struct reply credential_activate_save(struct request *);

struct reply scoped_new(struct request *);
struct reply scoped_new_save(struct request *);
struct reply scoped_new_find(struct request *);
struct reply scoped_edit(struct request *);
struct reply scoped_edit_save(struct request *);
struct reply scoped_edit_find(struct request *);
struct reply secret_new(struct request *);
struct reply secret_new_save(struct request *);
struct reply secret_new_find(struct request *);
struct reply secret_edit(struct request *);
struct reply secret_edit_save(struct request *);

struct reply credential_places(struct request *);
struct reply place_new(struct request *);
struct reply place_add(struct request *);
struct reply place(struct request *);
struct reply place_save(struct request *);
struct reply place_remove(struct request *);

struct reply replacement(struct request *);
struct reply replacement_save(struct request *);
struct reply replacement_item(struct request *);
struct reply replacement_item_save(struct request *);
struct reply replacement_item_untick(struct request *);

struct reply accounts(struct request *);
struct reply account(struct request *);
struct reply workspace(struct request *);
struct reply account_new(struct request *);
struct reply account_new_save(struct request *);
struct reply workspace_new(struct request *);
struct reply workspace_new_save(struct request *);
struct reply account_edit(struct request *);
struct reply account_edit_save(struct request *);
struct reply account_archive(struct request *);
struct reply account_archive_save(struct request *);
struct reply account_restore(struct request *);
struct reply account_restore_save(struct request *);

struct reply apis(struct request *);
struct reply api_detail(struct request *);
struct reply api_new(struct request *);
struct reply api_new_save(struct request *);
struct reply api_edit(struct request *);
struct reply api_edit_save(struct request *);
struct reply api_delete(struct request *);
struct reply api_delete_save(struct request *);
struct reply credential_open(struct request *);
struct reply credential_open_save(struct request *);

struct reply api_ask(struct request *);
struct reply api_ask_save(struct request *);

struct reply organizations(struct request *);
struct reply organization_new(struct request *);
struct reply organization_new_save(struct request *);
struct reply organization(struct request *);
struct reply organization_entitle_form(struct request *);
struct reply organization_entitle_save(struct request *);
struct reply organization_decline(struct request *);
struct reply organization_uninvite(struct request *);
struct reply organization_invite_form(struct request *);
struct reply organization_invite_save(struct request *);
struct reply organization_withdraw_form(struct request *);
struct reply organization_withdraw_save(struct request *);
struct reply organization_close_form(struct request *);
struct reply organization_close_save(struct request *);
struct reply organization_reopen_save(struct request *);

/* forgot_count() runs before the transaction: it counts the request. */
struct reply forgot(struct request *);
void forgot_count(struct request *);
struct reply forgot_save(struct request *);
struct reply new_password(struct request *);
struct reply new_password_save(struct request *);

/* invite_count() runs before the transaction: it counts the attempt. */
struct reply invite(struct request *);
void invite_count(struct request *);
struct reply invite_save(struct request *);

struct reply decisions(struct request *);
struct reply decisions_find(struct request *);
struct reply decision(struct request *);
struct reply audit_log(struct request *);
struct reply audit_log_find(struct request *);
struct reply audit_log_export(struct request *);

struct reply search(struct request *);
struct reply search_save(struct request *);

struct reply settings(struct request *);
struct reply settings_save(struct request *);
struct reply settings_members(struct request *);
struct reply settings_members_save(struct request *);

struct reply profile(struct request *);
struct reply profile_save(struct request *);
struct reply profile_session_end(struct request *);
struct reply profile_sign_out_others(struct request *);
struct reply profile_sign_out_everywhere(struct request *);
struct reply profile_enter(struct request *);

/* profile_password_hash() runs before the transaction: it makes the new password's hash. */
struct reply profile_password(struct request *);
void profile_password_hash(struct request *);
struct reply profile_password_save(struct request *);

struct reply factor(struct request *);
struct reply factor_stored(struct request *);
struct reply factor_new(struct request *);
struct reply factor_confirm_save(struct request *);
struct reply factor_codes(struct request *);
struct reply factor_codes_save(struct request *);
struct reply factor_off(struct request *);
struct reply factor_off_save(struct request *);
struct reply factor_reset(struct request *);
struct reply factor_reset_save(struct request *);
struct reply sign_in_code(struct request *);
struct reply sign_in_code_save(struct request *);

struct reply setup(struct request *);
struct reply setup_save(struct request *);

/* sign_in_count() runs before the transaction: it counts the attempt. */
struct reply sign_in(struct request *);
void sign_in_count(struct request *);
struct reply sign_in_save(struct request *);
struct reply sign_out(struct request *);
struct reply environment_save(struct request *);

#endif
